"""Make .venv from a hashed lock, once per lock: `python3 tools/install.py base|dev`. Standard library only."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main(kind: str) -> int:
    """Bring .venv up to the lock and compile the translations; quick when there is nothing to do."""
    if not is_installed(kind):
        started = time.monotonic()
        if problem := make_venv():
            return say(problem)
        print(f"Installing {kind} packages from requirements/{kind}.lock (once, about a minute) ...", flush=True)
        if code := install(kind):
            return say(f"pip could not install requirements/{kind}.lock (its message is above)", code)
        print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)
    return compile_messages()


def is_installed(kind: str) -> bool:
    """Whether the stamp in .venv is the lock's; the dev lock holds everything of the base lock."""
    return runs(PYTHON) and stamp(kind).exists() and stamp(kind).read_text() == digest(kind)


def make_venv() -> str:
    """Make .venv where there is none that runs; the reason why that is impossible, or nothing."""
    if runs(PYTHON) and runs(PYTHON, "-m", "pip", "--version"):
        return ""
    if sys.version_info < OLDEST:
        needed, found = ".".join(map(str, OLDEST)), sys.version.split()[0]
        return f"Python {needed} or newer is needed, this is {found}: make PYTHON=python3.12 ..."
    if not importlib.util.find_spec("ensurepip"):
        return "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    return (made.stdout + made.stderr).strip() or ("venv failed" if made.returncode else "") if made.returncode else ""


def install(kind: str) -> int:
    for stale in VENV.glob("stamp-*"):
        stale.unlink()
    command = [PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    code = subprocess.run([*command, "-r", lock(kind)], check=False, stdin=subprocess.DEVNULL).returncode
    if code == 0:
        for name in {"base", kind}:
            stamp(name).write_text(digest(name))
    return code


def compile_messages() -> int:
    """Compile each catalogue that is newer than its compiled form; Babel needs no gettext on the machine."""
    for catalogue in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime:
            continue
        language = catalogue.parent.parent.name
        command = [VENV / "bin" / "pybabel", "-q", "compile", "-l", language, "-i", catalogue, "-o", compiled]
        if code := subprocess.run(command, check=False).returncode:
            return say(f"{catalogue.relative_to(ROOT)} cannot be compiled", code)
    return 0


def lock(kind: str) -> Path:
    return ROOT / "requirements" / f"{kind}.lock"


def digest(kind: str) -> str:
    return hashlib.sha256(lock(kind).read_bytes()).hexdigest()


def stamp(kind: str) -> Path:
    return VENV / f"stamp-{kind}"


def runs(program: Path, *arguments: str) -> bool:
    """Whether it starts: a .venv breaks when its Python is upgraded away or its folder is moved."""
    if not os.access(program, os.X_OK):
        return False
    return subprocess.run([program, *(arguments or ["-c", ""])], capture_output=True, check=False).returncode == 0


def say(problem: str, code: int = 1) -> int:
    print(problem, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
