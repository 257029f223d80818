"""PostgreSQL and Redis of one's own for one command: `python3 tools/servers.py COMMAND ...`. Standard library only.

Sets DATABASE_URL and REDIS_URL for the command and leaves nothing behind. PostgreSQL refuses to run as root, so root
starts it as the user that the package made.
"""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 30


class Missing(Exception):
    """A program that is needed is not on this machine."""


class Postgres:
    """A cluster in a folder of its own; `kill` ends it as a crash would."""

    def __init__(self, *, port: int = 0, options: str = "-c fsync=off"):
        self.port, self.options = port or free_port(), options
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> "Postgres":
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {self.options}"
        self._run("pg_ctl", "-w", "-t", str(PATIENCE), "-l", str(self.folder / "log"), "-o", settings, "start")
        return self

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop", check=False)

    def kill(self) -> None:
        """End every process of it by signal 9."""
        first = self.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        gone = [Path(f"/proc/{pid}") for pid in (first, *children)]
        wait_until(lambda: not any(_runs(process) for process in gone), "PostgreSQL to be gone")
        (self.folder / "postmaster.pid").unlink()  # its process may stay on as a zombie, for which a start would wait

    @property
    def pid(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [postgres_program(program), "-D", str(self.folder), *arguments]
        user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **user
        )
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")


class Redis:
    """A server without a file: killed, it has forgotten everything."""

    def __init__(self, *, port: int = 0):
        self.port, self.process = port or free_port(), None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "Redis":
        program = shutil.which("redis-server")
        if not program:
            raise Missing("redis-server")
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(lambda: listens(self.port), "Redis to listen")
        return self

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    remove = kill


def postgres_program(name: str) -> str:
    """Debian keeps them out of the path, by version."""
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    if not found:
        raise Missing(f"PostgreSQL's {name}")
    return found


def _runs(process: Path) -> bool:
    """Whether it is there, and no zombie that only waits to be counted."""
    with contextlib.suppress(OSError):
        return ") Z " not in (process / "stat").read_text()
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, what: str, *, seconds: float = PATIENCE) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.05)


def main(command: list[str]) -> int:
    started: list[Postgres | Redis] = []
    try:
        started.append(Postgres().start())
        started.append(Redis().start())
        addresses = {"DATABASE_URL": started[0].url, "REDIS_URL": started[1].url}
        return subprocess.run(command, env={**os.environ, **addresses}, check=False).returncode
    except Missing as exc:
        print(f"{exc} is missing. On Debian and Ubuntu: apt-get install postgresql redis-server", file=sys.stderr)
        return 1
    finally:
        for server in reversed(started):
            server.remove()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
