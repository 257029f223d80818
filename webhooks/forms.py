from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.accounts.models import Account
from backoffice.core.filters import DateInput, FilterForm
from webhooks.models import Delivery


class DeliveryFilter(FilterForm):
    operators = {"topic": _("is"), "since": _("from"), "until": _("to"), "text": _("contains")}

    q = forms.CharField(max_length=128)
    state = forms.MultipleChoiceField(
        label=_("State"), choices=Delivery.State.choices, widget=forms.CheckboxSelectMultiple
    )
    result = forms.MultipleChoiceField(
        label=_("Result"), choices=Delivery.Applied.choices, widget=forms.CheckboxSelectMultiple
    )
    why = forms.MultipleChoiceField(
        label=_("Nothing to do because"), choices=Delivery.Ignored.choices, widget=forms.CheckboxSelectMultiple
    )
    topic = forms.CharField(label=_("Topic"), max_length=80)
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.all(), to_field_name="slug")
    about = forms.CharField(label=_("About, its number"), max_length=64)
    text = forms.CharField(
        label=_("Text in the body"),
        max_length=80,
        help_text=_("Looked for in the newest 5,000 of what the other filters leave."),
    )
    since = forms.DateField(label=_("Received"), widget=DateInput)
    until = forms.DateField(label=_("Received"), widget=DateInput)
