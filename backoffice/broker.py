"""The embedded broker: kombu's file transport, with messages that appear whole or not at all.

The stock transport writes into the queue folder in place, so a reader may take a half-written message; it loses some
and stops the worker on others (celery/kombu#1551). Here a message is written aside and renamed into its place.
"""

import os
import uuid
from time import time_ns

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict, **_kwargs) -> None:  # type: ignore[override]
        name = f"{time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        aside = os.path.join(self.control_folder, f".{name}.tmp")
        with open(aside, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))
        os.rename(aside, os.path.join(self.data_folder_out, name))


class Transport(filesystem.Transport):
    Channel = Channel
    polling_interval = 0.05
