"""The emulator's own time: it runs with the real one, or stands, and can be moved."""

from datetime import UTC, datetime, timedelta

FORM = "%Y-%m-%d %H:%M:%S"


class Clock:
    """Runs with the real time, unless it was started at a moment: then it stands there until moved."""

    def __init__(self, at: datetime | None = None):
        self.standing = at
        self.offset = timedelta()

    def now(self) -> datetime:
        return self.standing or datetime.now(UTC) + self.offset

    def set(self, moment: datetime) -> None:
        if self.standing:
            self.standing = moment
        else:
            self.offset = moment - datetime.now(UTC)

    def stamp(self) -> str:
        """Now, as the provider writes times."""
        return stamp(self.now())


def stamp(moment: datetime) -> str:
    """A moment as the provider writes it: UTC, no zone; sorts like the moment itself."""
    return moment.astimezone(UTC).strftime(FORM)


def moment(text: str) -> datetime:
    """The moment of a text in the provider's form, or ISO 8601 with or without a zone."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
