"""Several programs as one: when one ends or a signal comes, all end, whoever started us."""

import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterable

from honcho import manager
from honcho.printer import Message, Printer
from honcho.process import Process

PATIENCE = 5  # seconds from SIGTERM to SIGKILL


class Programs(manager.Manager):
    """honcho's Manager; may be stopped at any moment, leaves nobody behind, lets some programs end by themselves."""

    def __init__(self, *, patience: float = PATIENCE):
        super().__init__(Printer(sys.stdout))
        manager.KILL_WAIT = patience
        self._process_ctor = GuardedProcess
        self._may_end: set[str] = set()
        self._asked_to_stop = self._failed = False

    def add(self, name: str, *command: str, may_end: bool = False) -> None:
        self.add_shell(name, f"exec {shlex.join(command)}", may_end=may_end)

    def add_shell(self, name: str, line: str, *, may_end: bool = False) -> None:
        self.add_process(name, line, env={**os.environ, "BACKOFFICE_PROCESS": name})
        if may_end:
            self._may_end.add(name)

    def run(self, *, parent: int | None = None) -> int:
        """Run all until one ends, we are told to stop, or the process `parent` is gone; the exit status."""
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        if parent:
            threading.Thread(target=_stop_without, args=(parent,), daemon=True).start()
        try:
            self.loop()
        finally:
            _kill_groups(state["pid"] for state in self._processes.values() if state.get("pid"))
        return (self.returncode or 1) if self._failed else 0

    def terminate(self) -> None:
        self._asked_to_stop = True
        if self._all_started():  # else the loop comes back to it as soon as every pid is known
            super().terminate()

    def give_up(self) -> None:
        """Stop all, and say by the status that this was no wish."""
        self._failed = True
        self.terminate()

    def _any_stopped(self) -> bool:
        ended = [name for name, state in self._processes.items() if state.get("returncode") is not None]
        unexpected = [name for name in ended if name not in self._may_end or self._processes[name]["returncode"]]
        if unexpected and not self._asked_to_stop:
            status = self._processes[unexpected[0]]["returncode"]
            self.returncode, self._failed = status or 1, True
            self._say(f"{unexpected[0]} ended (status {status}), stopping the others\n")
        return self._asked_to_stop or bool(unexpected)

    def _system_print(self, data: str) -> None:
        """Keep to ourselves who was started and signalled."""

    def _say(self, text: str) -> None:
        now = self._clock.now()
        self._printer.write(Message(type="line", data=text, time=now, name=manager.SYSTEM_PRINTER_NAME, colour=None))


class GuardedProcess(Process):
    """A program that does not outlive the manager, even one that was killed outright."""

    def run(self, events=None, ignore_signals=False) -> None:
        threading.Thread(target=self._watch, args=(os.getppid(),), daemon=True).start()
        super().run(events, ignore_signals)

    def _watch(self, parent: int) -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        while self._child is None:
            time.sleep(0.1)
        _signal_group(self._child.pid, signal.SIGTERM)
        time.sleep(PATIENCE)
        _signal_group(self._child.pid, signal.SIGKILL)


def _stop_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _kill_groups(leaders: Iterable[int]) -> None:
    for leader in leaders:
        _signal_group(leader, signal.SIGKILL)


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return
