"""The API's pages in docs: `write` makes openapi.yaml and api-errors.md from the code, `check` says if they are so."""

import difflib
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def main(wish: str) -> int:
    differ = 0
    for name, text in generate().items():
        file = DOCS / name
        if wish == "write":
            DOCS.mkdir(exist_ok=True)
            file.write_text(text)
            continue
        kept = file.read_text() if file.exists() else ""
        if kept != text:
            diff = difflib.unified_diff(kept.splitlines(True), text.splitlines(True), f"docs/{name}", "the code", n=1)
            sys.stdout.writelines(diff)
            print(f"docs/{name} differs from the code: make schema", file=sys.stderr)
            differ = 1
    return differ


def generate() -> dict[str, str]:
    """The files by name. The schema is as drf-spectacular sees it; any warning is an error."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from backoffice.core.problems import catalogue

    with TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.yaml"
        call_command("spectacular", file=str(file), validate=True, fail_on_warn=True)
        return {"openapi.yaml": file.read_text(), "api-errors.md": catalogue()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
