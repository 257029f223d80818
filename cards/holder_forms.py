"""What people type about card holders: the list's filters, a new one, a change, and what a look is for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.accounts.models import Account
from backoffice.core.filters import DateInput, FilterForm
from backoffice.providers.snapshots import IdKind
from cards.forms import FROM, OPERATORS, TO, BinField
from cards.models import Bin
from cards.personal import FIELDS
from cards.queries import LONGEST_SEARCH
from cards.states import HolderState

ID_KINDS = {
    IdKind.PASSPORT.value: _("Passport"),
    IdKind.NATIONAL_ID.value: _("National identity card"),
    IdKind.DRIVING_LICENCE.value: _("Driving licence"),
}
OLDEST = 120  # years
NAMES = ("first_name", "last_name")
INCOMPLETE = {"required": _("The form is incomplete. Load it again.")}


class HolderFilter(FilterForm):
    """What the list of holders can be narrowed to."""

    operators = OPERATORS
    q = forms.CharField(max_length=LONGEST_SEARCH)
    state = forms.MultipleChoiceField(
        label=_("State"), choices=HolderState.choices, widget=forms.CheckboxSelectMultiple
    )
    bin = BinField(
        label=_("Product"),
        queryset=Bin.objects.order_by("network", "digits"),
        to_field_name="public_id",
        empty_label=_("any"),
    )
    account = forms.ModelChoiceField(
        label=_("Account"), queryset=Account.objects.all(), to_field_name="slug", empty_label=_("any")
    )
    country = forms.CharField(label=_("Country"), max_length=2)
    since = forms.DateField(label=_("Created"), help_text=FROM, widget=DateInput)
    until = forms.DateField(label=_("Created"), help_text=TO, widget=DateInput)

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()


class Line(forms.CharField):
    """One line that no browser keeps for the next visitor."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **kwargs: Any):
        super().__init__(**{"max_length": 255, **kwargs})


class CountryCode(Line):
    widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": 2})
    default_validators = [RegexValidator(r"^[A-Z]{2}\Z", _("Enter the two letters of a country, such as GB."))]

    def __init__(self, **kwargs: Any):
        super().__init__(**{"max_length": None, "help_text": _("Two letters, such as GB"), **kwargs})

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class PersonForm(forms.Form):
    """Who a holder is. `key` is made when the form is drawn: the same key is the same request."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=INCOMPLETE)
    first_name = Line(label=_("First name"), help_text=_("In Latin letters, as in the passport"))
    last_name = Line(label=_("Last name"), help_text=_("In Latin letters, as in the passport"))
    birthday = forms.DateField(label=_("Date of birth"), widget=DateInput(attrs={"autocomplete": "off"}))
    nationality = CountryCode(label=_("Nationality"))
    id_kind = forms.ChoiceField(
        label=_("Identity document"), choices=[("", _("none")), *ID_KINDS.items()], required=False
    )
    id_number = Line(
        label=_("Number of the document"), required=False, help_text=_("Some products cannot be had without one")
    )
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Codes for payments on the internet are sent here"),
    )  # fmt: skip
    phone_code = Line(
        label=_("Country code"),
        max_length=8,
        help_text=_("Digits alone, such as 44"),
        validators=[RegexValidator(r"^[0-9]+\Z", _("Enter digits alone, without a plus sign."))],
    )
    phone = Line(label=_("Phone"), max_length=32, help_text=_("Without the country code"))
    street = Line(label=_("Street and number"))
    city = Line(label=_("City"))
    region = Line(label=_("State or province"))
    post_code = Line(label=_("Post code"), max_length=32)
    country = CountryCode(label=pgettext_lazy("address", "Country"))

    PERSON = ("first_name", "last_name", "birthday", "nationality", "id_kind", "id_number")
    CONTACT = ("email", "phone_code", "phone")
    ADDRESS = ("street", "city", "region", "post_code", "country")

    def clean_birthday(self) -> date | None:
        day, today = self.cleaned_data["birthday"], timezone.localdate()
        if day and not today.year - OLDEST <= day.year <= today.year:
            raise ValidationError(_("Nobody who holds a card was born in that year."))
        if day and day >= today:
            raise ValidationError(_("A day of birth is in the past."))
        return day

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        kind, number = asked.get("id_kind"), asked.get("id_number")
        if kind and not number and "id_number" not in self.errors:
            self.add_error("id_number", _("Enter the number of the document."))
        if number and not kind and "id_kind" not in self.errors:
            self.add_error("id_kind", _("Choose what this is the number of."))
        return asked

    @property
    def said(self) -> dict[str, Any]:
        """What was filled in, in the words of `cards.personal`."""
        return {name: self.cleaned_data[name] for name in FIELDS if self.cleaned_data.get(name)}

    def of_person(self) -> list[forms.BoundField]:
        return [self[name] for name in self.PERSON]

    def of_contact(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CONTACT]

    def of_address(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ADDRESS]

    def take(self, problems: Mapping[str, str]) -> None:
        """Put what the provider said of each field beside it."""
        for name, problem in problems.items():
            if name in self.fields and not self.has_error(name):
                self.add_error(name, _("Refused by the provider: %(problem)s") % {"problem": problem})


class HolderForm(PersonForm):
    """A new holder."""

    account = forms.ModelChoiceField(
        label=_("Account"),
        queryset=Account.objects.filter(listed=True),
        to_field_name="slug",
        empty_label=None,
        error_messages={"required": _("Choose an account."), "invalid_choice": _("Choose one of the accounts.")},
    )
    bin = BinField(
        label=_("Product"),
        queryset=Bin.objects.order_by("network", "digits"),
        to_field_name="public_id",
        empty_label=_("any"),
        required=False,
        help_text=_("Where the issuer wants holders registered for one product"),
        error_messages={"invalid_choice": _("Choose one of the products.")},
    )


class HolderEditForm(PersonForm):
    """A change of what is on file, as far as it may change."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=INCOMPLETE)

    def __init__(self, data: Any = None, *, on_file: Mapping[str, str], open_cards: int, **kwargs: Any):
        super().__init__(data, initial={**on_file, **kwargs.pop("initial", {})}, **kwargs)
        self.on_file = on_file
        if open_cards:
            for name in NAMES:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Locked while a card of this holder is open")

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        for name in FIELDS:
            if self.on_file.get(name) and name in asked and not asked[name] and not self.has_error(name):
                self.add_error(name, _("This can be replaced, but not emptied."))
        return asked

    @property
    def changed(self) -> dict[str, Any]:
        """Only what differs from what is on file."""
        return {name: value for name, value in self.said.items() if str(value) != self.on_file.get(name, "")}


class PurposeForm(forms.Form):
    """What somebody needs to see it for."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=INCOMPLETE)
    purpose = forms.CharField(
        label=_("What do you need it for?"),
        max_length=200,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It is written down with your name and the time, and cannot be changed."),
        error_messages={"required": _("Say what you need it for.")},
    )
