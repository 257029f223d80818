"""Templates hold no logic about states and nothing that the content security policy refuses."""

import re
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, name_of, nowhere_in

TEMPLATES = sorted(
    [
        *(ROOT / "templates").rglob("*.html"),
        *(path for app in PACKAGES for path in (ROOT / app).rglob("templates/**/*.html")),
    ]
)
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)
REFUSED = {
    "an inline style": re.compile(r"\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"\son[a-z]+\s*=", re.I),
    "a script address": re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.I),
    "htmx's own script": re.compile(r"\shx-on|\shx-vars|\shx-vals\s*=\s*[\"']js:", re.I),
    "something from elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"']https?://", re.I),
}
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.I)
COMPARES = re.compile(r"{%-?\s*(?:el)?if\b[^%]*\b(?:state|status|word)\s*(?:==|!=|in\b|not in\b)")
STYLE_ELEMENT = re.compile(r"<style\b", re.I)


def text(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


@nowhere_in(TEMPLATES)
def test_a_template_has_nothing_that_the_content_security_policy_refuses(path: Path):
    tags = TAG.findall(text(path))
    yield from (f"{why}: {tag}" for why, pattern in REFUSED.items() for tag in tags if pattern.search(tag))
    yield from STYLE_ELEMENT.findall(text(path))


@nowhere_in(TEMPLATES)
def test_a_script_is_a_file_or_carries_the_nonce(path: Path):
    scripts = SCRIPT.findall(text(path))
    told = ("src=", "nonce=", "application/json")
    yield from (head for head, _body in scripts if not any(word in head for word in told))
    yield from (body for head, body in scripts if "src=" in head and body.strip())


@nowhere_in(TEMPLATES)
def test_a_template_compares_no_states(path: Path):
    """It asks `order.is_settled`; what a state means is computed in Python."""
    return COMPARES.findall(text(path))


@nowhere_in(TEMPLATES)
def test_a_partial_extends_nothing(path: Path):
    return re.findall("{% extends", text(path)) if path.name.startswith("_") else []


def test_styles_use_meanings_and_not_colours():
    """Raw colours stand in tokens.css alone."""
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|oklab|lab|lch)\(")
    files = [path for path in (ROOT / "static" / "css").rglob("*.css") if path.name != "tokens.css"]
    assert [
        name_of(path) for path in files if colour.search(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL))
    ] == []


def test_styles_need_no_importance():
    files = (ROOT / "static" / "css").rglob("*.css")
    allowed = {"static/css/reset.css", "static/css/print.css"}  # reduced motion and paper overrule everything
    assert [name_of(path) for path in files if "!important" in path.read_text() and name_of(path) not in allowed] == []
