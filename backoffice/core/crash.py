"""Named points where a test may have the process killed, as by signal 9; without CRASH_AT they do nothing."""

import os
import signal
from pathlib import Path

CRASH_AT = os.environ.get("CRASH_AT", "")  # "point:/a/file": die there once; the file remembers


def crash_point(name: str) -> None:
    point, _, file = CRASH_AT.partition(":")
    if point != name:
        return
    marker = Path(file)
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
