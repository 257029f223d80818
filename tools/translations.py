"""Translations: `collect` brings new texts into locale/, `check` fails where a text has no translation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["zh_Hans"]
SOURCES = ["backoffice", "cards", "payees", "payments", "wallets", "webhooks", "templates", "static"]
KINDS = {".py", ".html", ".txt", ".js"}
DOMAINS = {"django": "html,txt,py", "djangojs": "js"}


def main(wish: str) -> int:
    with TemporaryDirectory() as folder:
        found = extract(Path(folder))
        if found is None and (wish == "collect" or os.environ.get("CI")):
            return say(["gettext is missing. On Debian and Ubuntu: apt-get install gettext"])
        if wish == "collect":
            return collect(found)
        if found is None:
            print("gettext is not installed: texts that the catalogue lacks are not looked for", file=sys.stderr)
        return say([line for language in LANGUAGES for domain in DOMAINS for line in problems(language, domain, found)])


def extract(folder: Path) -> Path | None:
    """Collect in a copy of the sources, starting from today's catalogues; None without gettext."""
    if not shutil.which("xgettext"):
        return None
    for path in (
        path for source in SOURCES for path in (ROOT / source).rglob("*") if path.suffix in KINDS and path.is_file()
    ):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copytree(ROOT / "locale", folder / "locale", dirs_exist_ok=True)
    for domain, kinds in DOMAINS.items():
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "-d",
            domain,
            "-e",
            kinds,
            "--no-obsolete",
            "--no-wrap",
        ]
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        languages = [part for language in LANGUAGES for part in ("-l", language)]
        subprocess.run(
            [*command, "--add-location", "file", *languages],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return folder / "locale"


def collect(found: Path) -> int:
    for language in LANGUAGES:
        for file in sorted((found / language / "LC_MESSAGES").glob("*.po")):
            target = ROOT / "locale" / language / "LC_MESSAGES" / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
            print(f"{target.relative_to(ROOT)}: {sum(1 for _ in untranslated(target))} to translate")
    return 0


def problems(language: str, domain: str, found: Path | None):
    """What keeps a language from being complete, one line each."""
    catalogue = ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    name = catalogue.relative_to(ROOT)
    kept = texts(catalogue)
    for text in untranslated(catalogue):
        yield f"{name}: not translated: {text!r}"
    for text in sorted(texts(found / language / "LC_MESSAGES" / f"{domain}.po") - kept) if found else []:
        yield f"{name}: missing (make messages): {text!r}"


def texts(catalogue: Path) -> set[str]:
    return {str(message.id) for message in read(catalogue)}


def untranslated(catalogue: Path):
    for message in read(catalogue):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(strings):
            yield message.id


def read(catalogue: Path) -> list:
    if not catalogue.exists():
        return []
    with catalogue.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def say(lines: list[str]) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
