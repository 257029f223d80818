"""Which state may follow which: steps for people, paths for news."""

from collections.abc import Iterable, Mapping

from backoffice.core.errors import IllegalTransition


class Transitions:
    """Which state may follow which, and in which ones we stop asking.

    A command needs a step. News needs only a path: a poll may miss what happened in between.
    """

    def __init__(self, exits: Mapping[str, Iterable[str]], *, settled: Iterable[str] | None = None, unknown: str = ""):
        self._steps = {str(state): frozenset(map(str, nexts)) for state, nexts in exits.items()}
        self._paths = {state: self._walk(state) for state in self._steps}
        ends = (state for state, nexts in self._steps.items() if not nexts)
        self.unknown = str(unknown)  # where a thing is born of which the provider speaks in words we do not know
        self.settled = frozenset(map(str, ends if settled is None else settled))

    def _walk(self, start: str) -> frozenset[str]:
        seen: set[str] = set()
        todo = set(self._steps[start])
        while todo:
            seen.add(state := todo.pop())
            todo |= self._steps[state] - seen
        return frozenset(seen)

    @property
    def states(self) -> frozenset[str]:
        return frozenset(self._steps)

    def step(self, old: str, new: str) -> bool:
        return str(new) in self._steps[str(old)]

    def path(self, old: str, new: str) -> bool:
        return str(new) in self._paths[str(old)]

    def require_step(self, old: str, new: str) -> None:
        if not self.step(old, new):
            raise IllegalTransition(f"{old} -> {new}")

    def require_path(self, old: str, new: str) -> None:
        if not self.path(old, new):
            raise IllegalTransition(f"{old} -> {new}")
