"""The product's sources as the architecture tests see them: paths, trees, and who stands where in them."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backoffice", "cards", "payees", "payments", "wallets", "webhooks")
DOMAIN_APPS = ("cards", "payees", "payments", "wallets", "webhooks")


def _sources() -> list[Path]:
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


SOURCES = _sources()


def name_of(path: Path) -> str:
    """`cards/apply.py`."""
    return path.relative_to(ROOT).as_posix()


def dotted_name(path: Path) -> str:
    """`cards.apply`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


@dataclass(frozen=True)
class Place:
    """A node, and the class or function it stands in: `Mirrored.follow`."""

    path: Path
    inside: str
    node: ast.AST

    def __str__(self) -> str:
        return f"{name_of(self.path)}:{getattr(self.node, 'lineno', 0)} in {self.inside or 'the module'}"


@cache
def places(path: Path) -> list[Place]:
    """Every node of a file with where it stands."""
    found: list[Place] = []
    todo: list[tuple[ast.AST, str]] = [(tree(path), "")]
    for node, inside in todo:
        for child in ast.iter_child_nodes(node):
            found.append(Place(path, inside, child))
            scope = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            todo.append((child, f"{inside}.{child.name}".strip(".") if scope else inside))
    return found


def imports(node: ast.AST, here: str = "") -> Iterator[str]:
    """The dotted names that an import statement brings, relative ones resolved against the package `here`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = here.rsplit(".", node.level - 1)[0] if node.level > 1 else here
        module = ".".join(part for part in ((base if node.level else ""), node.module or "") if part)
        yield from (f"{module}.{alias.name}" for alias in node.names)


def imported(path: Path) -> set[str]:
    package = dotted_name(path) if path.name == "__init__.py" else dotted_name(path).rpartition(".")[0]
    return {name for node in ast.walk(tree(path)) for name in imports(node, package)}


def called(node: ast.AST) -> str:
    """The last name of what a call calls: `save` of `row.save()`."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def root_name(node: ast.AST) -> str:
    """The name that a chain of attributes and calls begins with: `Card` of `Card.objects.filter(…).update(…)`."""
    while not isinstance(node, ast.Name):
        node = node.func if isinstance(node, ast.Call) else getattr(node, "value", None)  # type: ignore[assignment]
        if node is None:
            return ""
    return node.id


Check = Callable[[Path], Iterable[str]]


def nowhere_in(paths: list[Path]) -> Callable[[Check], Callable[[], None]]:
    """Make a test of a check: what it finds in a file is wrong, and it must find nothing in any."""

    def decorate(check: Check) -> Callable[[], None]:
        def test() -> None:
            wrong = {name_of(path): found for path in paths if (found := list(check(path)))}
            assert not wrong, wrong

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return decorate


nowhere = nowhere_in(SOURCES)
