"""The templates' own words, loaded everywhere: icons, badges, money, times, ids, links that keep the address."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.template import Context
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice.core.middleware import current_request_id
from backoffice.core.money import digits

register = template.Library()
TONES = ("quiet", "busy", "good", "warn", "bad")
PUBLIC_ID = re.compile(r"([a-z]+_)([A-Za-z0-9]{4})[A-Za-z0-9]+([A-Za-z0-9]{4})")
HAN = re.compile(r"[\u3400-\u9fff]")
MINUTE, HOUR, DAY = 60, 3600, 86400
NOTHING = mark_safe('<span class="quiet">–</span>')  # nosec B308 B703: a constant


# --- shapes ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """A lucide icon, hidden from readers: the word beside it says the same."""
    return _svg(str(name) + "")


@lru_cache(maxsize=256)
def _svg(name: str) -> SafeString:
    svg = lucide._render_icon(name, None)
    inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip()
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')  # nosec B308 B703: from a package


@register.simple_tag
def badge(tone: str, icon: str, label: str, title: str = "", *, fill: bool = False) -> SafeString:
    """A state: coloured shape and plain word; `title` is the provider's raw word; `fill` only in a page's header."""
    if tone not in TONES:
        raise ValueError(f"{tone!r} is not a tone; use one of {', '.join(TONES)}")
    classes = f"badge badge--{tone}" + (" badge--fill" if fill else "") + (" badge--turn" if icon == "loader" else "")
    hover = format_html(' title="{}"', title) if title else ""
    return format_html('<span class="{}"{}>{}{}</span>', classes, hover, _svg(icon), label)


@register.filter
def initials(name: Any) -> str:
    """HW for Hannah Wu, 陈 for 陈志远: what stands in an avatar."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    if not words:
        return "?"
    if HAN.match(words[0]):
        return words[0][0]
    latin = [word for word in words if not HAN.match(word)]
    return (latin[0][0] + (latin[-1][0] if len(latin) > 1 else "")).upper()


# --- money ----------------------------------------------------------------------------------------------------------


@register.filter
def money(amount: Decimal | int | str | None, currency: str = "") -> SafeString:
    """1,204.50 USD: the currency's decimals, more where the amount has more; None is said, not shown as zero."""
    if amount is None or amount == "":
        return format_html(
            '<span class="money money--none" title="{0}">–<span class="hidden">{0}</span></span>', _("unknown")
        )
    code = format_html(' <span class="money__code">{}</span>', currency) if currency else ""
    return format_html('<span class="money">{}{}</span>', figures(amount, currency), code)


@register.filter
def money_text(amount: Decimal | int | str | None, currency: str = "") -> str:
    """The same as words without markup: for sentences, titles and labels."""
    return _("unknown") if amount is None or amount == "" else f"{figures(amount, currency)} {currency}".strip()


def figures(amount: Decimal | int | str, currency: str) -> str:
    if isinstance(amount, float):
        raise TypeError("a money amount is never a float")
    exact = Decimal(amount)
    if not exact.is_finite():
        raise ValueError("a money amount is a finite number")
    places = max(digits(currency), -int(exact.normalize().as_tuple().exponent))
    return ("−" if exact < 0 else "") + f"{abs(exact):,.{places}f}"


# --- time -----------------------------------------------------------------------------------------------------------


@register.simple_tag
def when(moment: datetime | None) -> SafeString:
    """How long ago, in words; the exact time with its zone on hover."""
    return NOTHING if moment is None else _time(moment, relative(moment))


@register.simple_tag
def at(moment: datetime | None, form: str = "auto") -> SafeString:
    """The exact time with seconds and zone. `form`: auto (date where it is not today), time, minute, date, full."""
    return NOTHING if moment is None else _time(moment, exact_time(moment, form))


@register.simple_tag
def clock(form: str = "minute") -> SafeString:
    """The server's time now."""
    return at(timezone.now(), form)


@register.simple_tag
def day_line(moment: datetime) -> str:
    """Monday 24 November 2025, HKT (UTC+8): the head of a day in a timeline."""
    local = timezone.localtime(moment)
    return ", ".join([format_date(local, pgettext("date format", "l j F Y")), _zone(local)])


@register.simple_tag
def countdown(moment: datetime | None) -> SafeString:
    """What is left until then, in words: drawn by the server, counted by a script where there is one."""
    if moment is None:
        return NOTHING
    left = max(0, round((moment - timezone.now()).total_seconds()))
    return format_html(
        '<time datetime="{}" title="{}" data-left="{}" data-over="{}" data-seconds="{}" data-minutes="{}">{}</time>',
        moment.isoformat(),
        exact_time(moment, "full"),
        left,
        _("now"),
        _("%(seconds)s s") % {"seconds": "{s}"},
        _("%(minutes)s min %(seconds)s s") % {"minutes": "{m}", "seconds": "{s}"},
        duration(left) if left else _("now"),
    )


@register.filter
def duration(length: timedelta | int | float | None) -> str:
    """41 s, 15 min 22 s, 2 h 14 min, 3 d 4 h: the two largest units."""
    if length is None:
        return "–"
    seconds = max(0, round(length.total_seconds() if isinstance(length, timedelta) else length))
    if seconds < MINUTE:
        return _("%(seconds)s s") % {"seconds": seconds}
    if seconds < HOUR:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // MINUTE, "seconds": seconds % MINUTE}
    if seconds < DAY:
        return _("%(hours)s h %(minutes)s min") % {
            "hours": seconds // HOUR,
            "minutes": f"{seconds % HOUR // MINUTE:02}",
        }
    return _("%(days)s d %(hours)s h") % {"days": seconds // DAY, "hours": seconds % DAY // HOUR}


def relative(moment: datetime) -> str:
    now = timezone.localtime()
    local = timezone.localtime(moment)
    seconds = round((now - local).total_seconds())
    if seconds < 0:
        return _("in %(duration)s") % {"duration": duration(-seconds)}
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(minutes)s min ago") % {"minutes": seconds // MINUTE}
    if seconds < DAY and (local.date() == now.date() or seconds < 8 * HOUR):
        return _("%(hours)s h ago") % {"hours": seconds // HOUR}
    if local.date() == now.date() - timedelta(days=1):
        return _("yesterday")
    return exact_time(moment, "date")


def exact_time(moment: datetime, form: str = "auto") -> str:
    local, now = timezone.localtime(moment), timezone.localtime()
    short = pgettext("date format", "j M") if local.year == now.year else pgettext("date format", "j M Y")
    name = local.tzname() or ""
    name = _offset(local) if name[:1] in "+-" else name
    if form == "date":
        return format_date(local, short)
    if form == "minute":
        return f"{local:%H:%M} {name}"
    if form == "full":
        return ", ".join([format_date(local, pgettext("date format", "j F Y")), f"{local:%H:%M:%S} {_zone(local)}"])
    if form == "time" or (form == "auto" and local.date() == now.date()):
        return f"{local:%H:%M:%S} {name}"
    if form == "auto":
        return f"{format_date(local, short)}, {local:%H:%M:%S} {name}"
    raise ValueError(f"{form!r} is not a form of time")


def _time(moment: datetime, text: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        timezone.localtime(moment).isoformat(),
        exact_time(moment, "full"),
        text,
    )


def _zone(local: datetime) -> str:
    name, offset = local.tzname() or "", _offset(local)
    return offset if name[:1] in "+-" or name == offset else f"{name} ({offset})"


def _offset(local: datetime) -> str:
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


# --- ids and addresses ----------------------------------------------------------------------------------------------


@register.filter
def short_id(value: Any) -> str:
    """crd_7Kq2…9fXb: shortened in the middle where it is long; what is copied is always the whole."""
    text = str(value)
    if public := PUBLIC_ID.fullmatch(text):
        return f"{public[1]}{public[2]}…{public[3]}"
    return text if len(text) <= 20 else f"{text[:8]}…{text[-6:]}"


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: Any) -> str:
    """This page's address with some parameters changed; any change but the cursor's own starts at the first page."""
    params = _params(context)
    if "cursor" not in changes:
        params.pop("cursor", None)
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def query_without(context: Context, *keys: str) -> str:
    """This page's address without some parameters."""
    params = _params(context)
    for key in (*keys, "cursor"):
        params.pop(key, None)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def query_value(context: Context, key: str) -> str:
    """What the address says of one parameter."""
    return _params(context).get(key, "")


@register.simple_tag(takes_context=True)
def keep_query(context: Context, *leave_out: Any) -> SafeString:
    """This page's parameters as hidden inputs of a GET form, without those that the form asks for itself."""
    names = {"cursor"}
    for name in leave_out:
        names.update(_names(name) if hasattr(name, "fields") else [name])
    kept = ((key, value) for key, values in _params(context).lists() if key not in names for value in values)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


@register.simple_tag(takes_context=True)
def csrf_input(context: Context) -> SafeString:
    """The csrf_token of components, whose `only` leaves the ordinary one without its variable."""
    request = getattr(context, "request", None)
    token = get_token(request) if request else ""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


def _names(form: Any) -> list[str]:
    """The parameters of a filter form; the text search has a form of its own."""
    return [form.add_prefix(name) for name in form.fields if name != "q"]


def _params(context: Context):
    request = getattr(context, "request", None) or context["request"]  # `only` drops the variable, not the attribute
    return request.GET.copy()


# --- what a page without context still needs ------------------------------------------------------------------------


@register.simple_tag
def request_id() -> str:
    """The id of this request, to be quoted to whoever runs the place."""
    return current_request_id()


@register.simple_tag
def merchant_name() -> str:
    return settings.MERCHANT_NAME
