"""Naming a card holder in a form: those on file to choose from, and the provider's number of any other."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.accounts.models import Account
from cards.models import Holder
from cards.personal import masked_name
from cards.states import HolderState

OFFERED = 200  # the newest; any other is named by its number


class HolderInput(forms.TextInput):
    """A box to type into, with a list under it that narrows while somebody types."""

    account: Account | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id') or name}_known"
        box = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self._offered())
        return format_html('{}<datalist id="{}">{}</datalist>', box, listed, options)

    def _offered(self) -> list[tuple[str, str]]:
        if self.account is None:
            return []
        known = Holder.objects.filter(account=self.account, state=HolderState.ACTIVE).order_by("-created_at", "-id")
        return [
            (holder.provider_id, " · ".join(filter(None, (masked_name(holder.personal), holder.country))))
            for holder in known[:OFFERED]
        ]


class HolderField(forms.CharField):
    """The provider's number of a holder. Our own id is understood; a holder who is not on file is refused."""

    widget = HolderInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def of(self, account: Account | None) -> None:
        """Offer, and hold against, what this account has."""
        self.widget.account = account

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return text
        account = self.widget.account
        known = Holder.objects.filter(account=account) if account else Holder.objects.none()
        holder = known.filter(public_id=text).first() or known.filter(provider_id=text).first()
        if holder is None:
            return text
        if holder.state != HolderState.ACTIVE:
            state = holder.get_state_display().lower()
            raise ValidationError(_("This holder is %(state)s.") % {"state": state}, code="not_on_file")
        return holder.provider_id
