"""Set the environment, then become manage.py: `python -m backoffice.start demo|run|shell|manage`. What `make` calls."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from backoffice.demo_env import ROOT, demo_environment, local_server


def main(argv: list[str] | None = None) -> int:
    """Does not return where all is well: this process becomes manage.py."""
    options = _options(argv)
    os.environ["DJANGO_SETTINGS_MODULE"] = "backoffice.settings"
    if options.wish == "run":
        os.environ.update(local_server(options.port))
        if problem := missing_setting():
            print(problem, file=sys.stderr)
            return 1
    else:
        world = demo_environment(port=options.port, emulator_port=options.emulator_port, outside=os.environ)
        os.environ.update(world)
    os.chdir(ROOT)
    return os.execv(sys.executable, [sys.executable, "manage.py", *_command(options)])


def missing_setting() -> str:
    """What settings ask for and do not find, as one line for a person."""
    try:
        importlib.import_module("backoffice.settings")
    except (ImproperlyConfigured, OSError, ValueError) as exc:
        file = ROOT / ".env"
        where = str(file) if file.exists() else f"{file} does not exist (copy .env.example)"
        return f"{where}: {exc}"
    return ""


def _command(options: argparse.Namespace) -> list[str]:
    if options.wish == "shell":
        return ["shell"]
    if options.wish == "manage":
        return options.command
    ports = ["--port", str(options.port)]
    demo = ["--demo", "--emulator-port", str(options.emulator_port)] if options.wish == "demo" else []
    return ["run_all", *ports, *demo, "--parent", str(os.getppid())]


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m backoffice.{Path(__file__).stem}", allow_abbrev=False)
    parser.add_argument("wish", choices=["demo", "run", "shell", "manage"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--emulator-port", type=int, default=9100)
    options, rest = parser.parse_known_args(argv)
    options.command = rest
    if options.command and options.wish != "manage":
        parser.error(f"unrecognized arguments: {' '.join(options.command)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
