"""Chinese texts keep placeholders, spacing and punctuation, and say the same thing by the same word."""

import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from tests.architecture.sources import ROOT

HAN = r"[\u4e00-\u9fff]"
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
FIXED = {
    "In doubt": "结果待确认",
    "Late": "超时未决",
    "Needs approval": "待审批",
    "Waits for approval": "待审批",
    "Provider": "服务商",
    "Look up now": "立即查询",
}


def messages() -> list[tuple[tuple[str, ...], str]]:
    with CATALOGUE.open("rb") as file:
        found = [message for message in read_po(file) if message.id]
    ids = [message.id if isinstance(message.id, tuple) else (message.id,) for message in found]
    strings = [message.string[0] if isinstance(message.string, tuple) else message.string for message in found]
    return list(zip(ids, strings, strict=True))


MESSAGES = messages()


def names(text: str) -> set[str]:
    braces = {name for _before, name, _spec, _conversion in Formatter().parse(text) if name} if "{" in text else set()
    return set(re.findall(r"%\((\w+)\)[a-z]", text)) | braces


def test_placeholders_are_those_of_the_source():
    wrong = [ids for ids, text in MESSAGES if text and not (names(ids[0]) <= names(text) <= names(ids[-1]))]
    assert wrong == []


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}", "a space between Han and Latin letters or digits"),
        (rf"{HAN}\s*[,;:?!](?![/\w])|{HAN}\.(?=\s|$)", "full-width punctuation after Han"),
        (r"[，。：；？！]\s", "no space after full-width punctuation"),
    ],
    ids=lambda value: value if " " in value and "[" not in value else "",
)
def test_chinese_is_set_by_the_rules(wrong: str, rule: str):
    filled = re.compile(r"\d+月\d+日|[nj]月j日|Y年|%\(\w+\)[a-z]")
    assert {text: rule for _ids, text in MESSAGES if re.search(wrong, filled.sub("※", text))} == {}


def test_the_words_that_must_not_vary_do_not():
    told = {ids[0]: text for ids, text in MESSAGES}
    assert {word: told.get(word) for word in FIXED} == FIXED
