"""Several programs under one roof: how they end."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import sys
from backoffice.core.processes import Programs
programs = Programs(patience=2)
for name, line, may_end in {programs!r}:
    programs.add_shell(name, line, may_end=may_end)
sys.exit(programs.run())
"""


def run(*programs, act=lambda process: None):
    """Run the programs; the status and what was written."""
    command = [sys.executable, "-c", RUN.format(programs=programs)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    act(process)
    said, _ = process.communicate(timeout=30)
    return process.returncode, said


def when_said(word, act):
    def wait(process):
        while word not in process.stdout.readline():
            pass
        act(process)

    return wait


def test_one_that_ends_ends_all_and_names_itself():
    status, said = run(("short", "exit 3", False), ("long", "exec sleep 60", False))
    assert status == 3
    assert "short ended (status 3), stopping the others" in said


@pytest.mark.parametrize("status", [0, 2])
def test_one_that_may_end_stops_the_others_only_by_a_failure(status):
    done = ("seed", f"echo seeded; exit {status}", True)
    ended, said = run(done, ("long", "sleep 2; exit 7", False))
    assert ended == (7 if status == 0 else 2)
    assert "seeded" in said


def test_told_to_stop_it_stops_all_also_those_that_do_not_listen_and_counts_as_well_ended():
    deaf = ("deaf", "trap '' TERM; echo deaf; sleep 60; sleep 60", False)
    status, _ = run(deaf, act=when_said("deaf", lambda process: process.terminate()))
    assert status == 0
