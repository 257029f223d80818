"""What is typed for all rows at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.core.money import plain
from cards.forms import AmountInput, WalletField
from cards.life_forms import LONGEST_REASON
from wallets.models import Wallet


class BulkForm(forms.Form):
    """`fit` is how many rows the command would be asked for."""

    def __init__(self, data: Any = None, *, fit: int = 0, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.fit = fit

    @property
    def arguments(self) -> dict[str, str]:
        """What the command takes for each row."""
        return {}

    @property
    def priced(self) -> dict[str, str]:
        """Those of them that were shown with what they cost."""
        return {}


class BulkReason(BulkForm):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, required=False, strip=True)

    @property
    def arguments(self) -> dict[str, str]:
        return {"reason": self.cleaned_data.get("reason", "")}


class BulkClose(BulkReason):
    number = forms.CharField(
        label=_("How many cards are closed"),
        max_length=8,
        help_text=_("Type the number as it stands above. A closed card cannot be opened again."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Type how many cards are closed.")},
    )

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"].strip()
        if typed != str(self.fit):
            raise ValidationError(
                ngettext("It is %(n)d card that would be closed.", "It is %(n)d cards that would be closed.", self.fit)
                % {"n": self.fit},
                code="not_confirmed",
            )
        return typed


class BulkRecharge(BulkForm):
    amount = AmountInput(label=_("Each card receives"), error_messages={"required": _("Enter what each receives.")})
    wallet = WalletField(
        label=_("Pay from"),
        queryset=Wallet.objects.select_related("account").order_by("account", "currency", "id"),
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": _("Choose a wallet."), "invalid_choice": _("Choose one of the wallets.")},
    )

    @property
    def arguments(self) -> dict[str, str]:
        wallet = self.cleaned_data["wallet"]
        return {
            "wallet": wallet.public_id,
            "amount": plain(self.cleaned_data["amount"], wallet.currency),
            "currency": wallet.currency,
        }

    @property
    def priced(self) -> dict[str, str]:
        return self.arguments
