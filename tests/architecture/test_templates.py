"""Templates hold no logic about states and nothing that the content security policy refuses."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, name_of

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


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_nothing_that_the_content_security_policy_refuses(path: Path):
    tags = TAG.findall(text(path))
    assert {why: tag for why, pattern in REFUSED.items() for tag in tags if pattern.search(tag)} == {}
    assert STYLE_ELEMENT.search(text(path)) is None


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_script_is_a_file_or_carries_the_nonce(path: Path):
    scripts = SCRIPT.findall(text(path))
    assert [
        head for head, body in scripts if "src=" not in head and "nonce=" not in head and "application/json" not in head
    ] == []
    assert [body for head, body in scripts if "src=" in head and body.strip()] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compares_no_states(path: Path):
    """It asks `order.is_settled`; what a state means is computed in Python."""
    assert COMPARES.findall(text(path)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_partial_extends_nothing(path: Path):
    if path.name.startswith("_"):
        assert "{% extends" not in text(path)


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
