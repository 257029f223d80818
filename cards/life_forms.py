"""What people type about a card that exists: a recharge, a reason, a code and a PIN, four digits to confirm."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.forms import AmountInput, WalletField
from cards.models import Card
from wallets.models import Wallet

LONGEST_REASON = 200


class KeyedForm(forms.Form):
    """`key` is made when the form is drawn: the same key is the same request."""

    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _("The form is incomplete. Load it again.")}
    )


class RechargeForm(KeyedForm):
    """Money for a card, told as what the card receives or as what the wallet pays."""

    CARD, WALLET = "card", "wallet"

    side = forms.ChoiceField(
        label=_("The amount is what"),
        choices=[(CARD, _("the card receives")), (WALLET, _("the wallet pays"))],
        widget=forms.RadioSelect,
        initial=CARD,
        error_messages={"required": _("Say which of the two it is."), "invalid_choice": _("Choose one of the two.")},
    )
    amount = AmountInput(label=_("Amount"), error_messages={"required": _("Enter an amount.")})
    wallet = WalletField(
        label=_("Pay from"),
        queryset=Wallet.objects.select_related("account"),
        to_field_name="public_id",
        empty_label=None,
        error_messages={
            "required": _("Choose a wallet."),
            "invalid_choice": _("Choose one of the wallets that can pay for this card."),
        },
    )
    note = forms.CharField(label=_("Note"), max_length=64, required=False, strip=True)
    again = forms.BooleanField(label=_("Yes, a second one"), required=False)

    def __init__(self, data: Any = None, *, wallets: Any, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.fields["wallet"].queryset = wallets  # type: ignore[attr-defined]


class ReasonForm(KeyedForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        required=False,
        strip=True,
        help_text=_("Kept in the timeline and told to the provider"),
    )


class CloseForm(ReasonForm):
    """The four digits are typed by hand, so that the wrong card is not closed by habit."""

    digits = forms.CharField(
        max_length=4,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
        error_messages={"required": _("Type the last four digits of the card to confirm.")},
    )
    field_order = ("key", "digits", "reason")

    def __init__(self, data: Any = None, *, card: Card, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.wanted = digits_of(card)
        self.fields["digits"].label = _("Type %(digits)s to confirm") % {"digits": self.wanted}

    def clean_digits(self) -> str:
        if self.cleaned_data["digits"] != self.wanted:
            raise ValidationError(_("This card ends in %(digits)s.") % {"digits": self.wanted}, code="other_card")
        return self.cleaned_data["digits"]


def digits_of(card: Card) -> str:
    """The last four of its number, or of the provider's id where the number was never told."""
    return card.last4 or card.provider_id[-4:]


class ActivateForm(KeyedForm):
    """What comes with a physical card; neither is drawn again nor kept."""

    code = forms.CharField(
        label=pgettext_lazy("card", "Activation code"),
        max_length=64,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Printed on the letter that came with the card"),
    )
    pin = forms.CharField(
        label=_("New PIN"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric", "maxlength": 6}),
        validators=[RegexValidator(r"^[0-9]{6}\Z", _("A PIN has six digits."))],
        help_text=_("Six digits, for cash machines and shops"),
    )
