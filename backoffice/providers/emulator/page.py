"""The page under /_emu/: the world as tables, the controls as forms; no script."""

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from backoffice.providers.emulator.exact import number
from backoffice.providers.emulator.faults import KINDS
from backoffice.providers.emulator.switches import Switches

if TYPE_CHECKING:
    from backoffice.providers.emulator.world import World

SHOWN = 40
STYLE = """
:root{color-scheme:light dark;--ink:light-dark(#1b1f24,#e6e8eb);--soft:light-dark(#5d6570,#9aa3ae);
--line:light-dark(#dfe3e8,#2d333b);--paper:light-dark(#fff,#14171b);--sheet:light-dark(#f6f7f9,#1b1f25);
--accent:light-dark(#1f5fd0,#7aa7f5)}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}main{max-width:76rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.4rem;margin:0}h2{font-size:1rem;margin:2rem 0 .5rem}p{color:var(--soft);margin:.25rem 0 1rem}
section{min-width:0}.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.87rem}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft)}td.n{text-align:right;font-variant-numeric:tabular-nums}
.controls{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))}
form{background:var(--sheet);border:1px solid var(--line);border-radius:.5rem;padding:1rem}
fieldset{border:0;margin:0;padding:0}legend{font-weight:600;padding:0;margin-bottom:.5rem}
label{display:block;font-size:.8rem;color:var(--soft);margin-bottom:.5rem}
input,select{display:block;width:100%;font:inherit;color:var(--ink);background:var(--paper);
border:1px solid var(--line);border-radius:.3rem;padding:.3rem .5rem}
button{font:inherit;font-weight:600;color:var(--paper);background:var(--accent);border:0;border-radius:.3rem;
padding:.4rem .9rem;cursor:pointer}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code{font-size:.85em}.switches{display:grid;gap:0 1rem;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr))}
"""
ACTS = ("deposit", "freeze_wallet", "unfreeze_wallet", "spend", "report_lost", "replace_card")
READABLE = ("/_emu/state", "/_emu/requests")


def render(world: "World", state: dict[str, Any]) -> str:
    """The whole page."""
    links = " ".join(f'<a href="{path}"><code>{path}</code></a>' for path in READABLE)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Provider emulator</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{STYLE}</style></head><body><main><header><h1>Provider emulator</h1>"
        f"<p>OPEN-API at <code>{escape(world.tables.prefix)}</code> &middot; "
        f"<time>{state['now']}</time> UTC &middot; {state['requests']} requests &middot; "
        f"everything here is made up. As JSON: {links}</p></header>"
        f"{_controls(state)}{_tables(state)}</main></body></html>"
    )


def _controls(state: dict[str, Any]) -> str:
    kinds = _select("kind", "Kind", KINDS)
    target = _input("wallet_id", "Wallet id") + _input("card_id", "Card id") + _input("amount", "Amount")
    forms = [
        _form("settle", "Orders under way", "", "Finish all now"),
        _form("clock", "Clock", _input("advance", "Seconds forward", "60"), "Move"),
        _form(
            "faults",
            "Next request fails",
            kinds + _input("path", "Only where the path ends in") + _input("times", "Times", "1")
            + _input("seconds", "Seconds") + _input("code", "Code of error_code"),
            "Queue it",
        ),
        _form("act", "The provider itself", _select("act", "Does", ACTS) + target, "Do it"),
        _form(
            "send",
            "Send a callback",
            _input("notify_id", "Again, by notify id") + _input("out_order_id", "Of an order, by outside id"),
            "Send",
        ),
        _form("reset", "Start anew", "", "Forget everything"),
    ]  # fmt: skip
    switches = "".join(_switch(name, state["switches"][name]) for name in (field.name for field in fields(Switches)))
    return (
        f'<section aria-label="Controls"><h2>Controls</h2><div class="controls">{"".join(forms)}</div></section>'
        f"<section><h2>Switches</h2>{_form('switches', 'Behaviour', f'<div class=switches>{switches}</div>', 'Set')}"
        "</section>"
    )


def _tables(state: dict[str, Any]) -> str:
    orders, cards, sent = state["orders"][::-1], state["cards"][::-1], state["callbacks"][::-1]
    return "".join((
        _table("Wallets", state["wallets"], "wallet_id", "currency", "balance", "frozen_balance", "status"),
        _table("Faults waiting", state["faults"], "kind", "path", "times"),
        _table(
            "Orders", orders, "out_order_id", "order_type", "status", "amount", "fee", "total_amount", "currency",
            "card_id", "fail_reason", "create_at",
        ),
        _table("Cards", cards, "card_id", "status", "balance", "limit", "expiry", "mark", "use_at"),
        _table("BINs", state["bins"], "bin_id", "bin_name", "bin_type", "bin_mode", "status", "currency"),
        _table("Callbacks waiting", state["waiting"], "notify_id", "event", "tries", "due"),
        _table("Callbacks sent", sent, "notify_id", "event", "at", "status", "answer", "acknowledged"),
    ))  # fmt: skip


def _table(title: str, rows: list[dict[str, Any]], *columns: str) -> str:
    head = "".join(f'<th scope="col">{name.replace("_", " ")}</th>' for name in columns)
    body = "".join(f"<tr>{_cells(row, columns)}</tr>" for row in rows[:SHOWN])
    more = f"<p>{len(rows) - SHOWN} more in the JSON.</p>" if len(rows) > SHOWN else ""
    shown = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}'
    return f"<section><h2>{title} ({len(rows)})</h2>{shown if rows else '<p>None.</p>'}</section>"


def _cells(row: dict[str, Any], columns: Iterable[str]) -> str:
    return "".join(
        f'<td class="n">{number(row[name])}</td>'
        if isinstance(row[name], Decimal)
        else f"<td>{escape(str(row[name])[:80])}</td>"
        for name in columns
    )


def _form(action: str, title: str, content: str, button: str) -> str:
    return (
        f'<form method="post" action="/_emu/{action}"><fieldset><legend>{title}</legend>{content}'
        f"<button>{button}</button></fieldset></form>"
    )


def _input(name: str, label: str, value: str = "") -> str:
    return f'<label>{label}<input name="{name}" value="{escape(value)}"></label>'


def _select(name: str, label: str, choices: Iterable[str]) -> str:
    options = "".join(f"<option>{choice}</option>" for choice in choices)
    return f'<label>{label}<select name="{name}">{options}</select></label>'


def _switch(name: str, value: Any) -> str:
    label = name.replace("_", " ")
    if isinstance(value, bool):
        states = "".join(
            f"<option{' selected' if value is (word == 'on') else ''}>{word}</option>" for word in ("off", "on")
        )
        return f'<label>{label}<select name="{name}">{states}</select></label>'
    return _input(name, label, str(value))
