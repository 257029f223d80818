"""Ask our own web server how it is: `python -m backoffice.probe /readyz [--wait 60]`. For health checks; no Django."""

import argparse
import os
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

PATIENCE = 5
EVERYWHERE = {"", "0.0.0.0", "[::]"}  # nosec B104: what a server binds to, not what we ask


def ask(path: str, *, bind: str, host: str = "") -> int:
    """The HTTP status of a path, 0 when nobody answers; `host` is the name the server answers to."""
    address, _, port = bind.rpartition(":")
    here = "127.0.0.1" if address in EVERYWHERE else address
    connection = HTTPConnection(here, int(port), timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": host or bind})
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def wait_for(path: str, *, bind: str, host: str = "", seconds: float) -> bool:
    """Whether the path answers 200 within so many seconds."""
    give_up = time.monotonic() + seconds
    while ask(path, bind=bind, host=host) != 200:
        if time.monotonic() >= give_up:
            return False
        time.sleep(0.1)
    return True


def own_host() -> str:
    """A name that ALLOWED_HOSTS lets in; a leading dot stands for any name below."""
    return os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".").replace("*", "")


def is_fresh(pattern: str, *, seconds: float) -> bool:
    """Whether a file of this name (its ending is the library's choice) was written lately."""
    path = Path(pattern)
    return any(time.time() - file.stat().st_mtime < seconds for file in path.parent.glob(f"{path.name}*"))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m backoffice.probe")
    parser.add_argument("path", help="a path of the web server, or with --fresh a file")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--fresh", type=float, default=0, metavar="SECONDS", help="the file was written this lately")
    parser.add_argument("--bind", default=os.environ.get("WEB_BIND", "127.0.0.1:8000"), help="where it listens")
    options = parser.parse_args(argv)
    if options.fresh:
        return 0 if is_fresh(options.path, seconds=options.fresh) else 1
    return 0 if wait_for(options.path, bind=options.bind, host=own_host(), seconds=options.wait) else 1


if __name__ == "__main__":
    sys.exit(main())
