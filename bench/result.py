"""One figure against its goal."""

from dataclasses import dataclass

SLACK = 0.8  # a shared machine wavers: a run fails under so much of a goal, and warns up to it


@dataclass(frozen=True)
class Goal:
    """Exactly one of `at_least` and `at_most` is given."""

    what: str
    value: float
    figures: str = ""
    at_least: float = 0
    at_most: float = 0

    @property
    def share(self) -> float:
        """How much of the goal is reached; from 1 on, all of it."""
        return self.value / self.at_least if self.at_least else self.at_most / self.value

    @property
    def word(self) -> str:
        return "ok" if self.share >= 1 else "short" if self.share >= SLACK else "MISSED"

    def __str__(self) -> str:
        goal = f"≥ {self.at_least:g}" if self.at_least else f"≤ {self.at_most:g}"
        return f"  {self.what:<34} {self.value:>8.2f}  {goal:<6}  {self.word:<7} {self.figures}"
