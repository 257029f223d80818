"""What people type: the filters of the lists, and the request for a card."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.accounts.models import Account
from backoffice.core.filters import DateInput, FilterForm
from backoffice.core.money import parse_amount
from cards.commands.issuing import MOST_AT_ONCE
from cards.holder_field import HolderField
from cards.models import Bin, CardKind, CardOrder
from cards.presenting import bin_words
from cards.queries import LONGEST_SEARCH
from cards.states import CardState, OrderState
from wallets.models import Wallet

OPERATORS = {"since": _("from"), "until": _("to")}
FROM, TO = _("from this day on"), _("up to and with this day")


class BinField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Bin) -> str:
        return bin_words(obj)


class CardFilter(FilterForm):
    """What the list of cards can be narrowed to."""

    operators = OPERATORS
    q = forms.CharField(max_length=LONGEST_SEARCH)
    state = forms.MultipleChoiceField(label=_("State"), choices=CardState.choices, widget=forms.CheckboxSelectMultiple)
    bin = BinField(
        label=_("Product"),
        queryset=Bin.objects.order_by("network", "digits"),
        to_field_name="public_id",
        empty_label=_("any"),
    )
    account = forms.ModelChoiceField(
        label=_("Account"), queryset=Account.objects.all(), to_field_name="slug", empty_label=_("any")
    )
    currency = forms.CharField(label=_("Currency"), max_length=8)
    since = forms.DateField(label=_("Created"), help_text=FROM, widget=DateInput)
    until = forms.DateField(label=_("Created"), help_text=TO, widget=DateInput)

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].strip().upper()


class OrderFilter(FilterForm):
    """What the list of orders can be narrowed to."""

    operators = OPERATORS
    q = forms.CharField(max_length=LONGEST_SEARCH)
    state = forms.MultipleChoiceField(label=_("State"), choices=OrderState.choices, widget=forms.CheckboxSelectMultiple)
    kind = forms.MultipleChoiceField(
        label=_("Kind"), choices=CardOrder.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    account = forms.ModelChoiceField(
        label=_("Account"), queryset=Account.objects.all(), to_field_name="slug", empty_label=_("any")
    )
    currency = forms.CharField(label=_("Currency"), max_length=8)
    since = forms.DateField(label=_("Created"), help_text=FROM, widget=DateInput)
    until = forms.DateField(label=_("Created"), help_text=TO, widget=DateInput)

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].strip().upper()


class AmountInput(forms.CharField):
    """An amount as people type it: plain digits with a point, refused in words otherwise."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            amount = parse_amount(text)
        except ValueError:
            raise ValidationError(
                _("Enter the amount in plain digits with a point, such as 1000.00: no commas, signs or letters."),
                code="not_an_amount",
            ) from None
        if not amount:
            raise ValidationError(_("The amount must be more than zero."), code="zero")
        return amount


class CountInput(forms.IntegerField):
    """How many, in plain ASCII digits."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4})

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not (text.isascii() and text.isdigit()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


class WalletField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Wallet) -> str:
        return str(obj)


class IssueForm(forms.Form):
    """A request for cards of a kind. `key` is made when the form is drawn: the same key is the same request."""

    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _("The form is incomplete. Load it again.")}
    )
    bin = BinField(
        label=_("Product"),
        queryset=Bin.objects.select_related("account"),
        to_field_name="public_id",
        empty_label=None,
        error_messages={
            "required": _("Choose a product."),
            "invalid_choice": _("Choose one of the products in the table."),
        },
    )
    holder_id = HolderField(label=_("Holder"), max_length=64, required=False, strip=True)
    note = forms.CharField(label=pgettext_lazy("card", "Label"), max_length=64, required=False, strip=True)
    amount = AmountInput(label=_("First amount"), error_messages={"required": _("Enter what the card receives.")})
    quantity = CountInput(
        label=_("Number of cards"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=1,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Between 1 and 100 cards at once.")),
    )
    wallet = WalletField(
        label=_("Pay from"),
        queryset=Wallet.objects.select_related("account"),
        to_field_name="public_id",
        empty_label=None,
        error_messages={
            "required": _("Choose a wallet."),
            "invalid_choice": _("Choose one of the wallets that can pay for this product."),
        },
    )
    name = forms.CharField(label=_("Sent to"), max_length=80, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)
    country = forms.CharField(label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as HK"))
    state = forms.CharField(label=_("State or province"), max_length=80, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    post_code = forms.CharField(label=_("Post code"), max_length=16, required=False)

    DELIVERY = ("name", "phone", "country", "state", "city", "address", "post_code")
    NEEDED = ("name", "phone", "country", "city", "address")

    def __init__(self, data: Any = None, *, bin: Bin | None = None, wallets: Any = None, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.chosen = bin
        if wallets is not None:
            self.fields["wallet"].queryset = wallets  # type: ignore[attr-defined]
        self.fields["holder_id"].of(bin.account if bin else None)  # type: ignore[attr-defined]
        self.fields["holder_id"].required = bool(bin and bin.needs_holder)
        self.fields["holder_id"].error_messages["required"] = _("This product needs a holder.")
        for name in self.NEEDED:
            self.fields[name].required = bool(bin and bin.kind == CardKind.PHYSICAL)
            self.fields[name].error_messages["required"] = _("Needed to send the card.")

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    @property
    def delivery(self) -> dict[str, str] | None:
        """Where a physical card goes; None for others."""
        if not (self.chosen and self.chosen.kind == CardKind.PHYSICAL):
            return None
        return {name: self.cleaned_data[name] for name in self.DELIVERY if self.cleaned_data.get(name)}

    @property
    def delivery_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.DELIVERY]


def form_key(text: str | None) -> str:
    """The key that a drawn form carried, or a new one."""
    try:
        return str(UUID(text or ""))
    except ValueError:
        return str(uuid4())
