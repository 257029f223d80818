from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.accounts.models import Account
from backoffice.core.filters import DateInput, FilterForm
from webhooks.models import Delivery


class DeliveryFilter(FilterForm):
    operators = {"topic": _("is"), "since": _("from"), "until": _("to")}

    q = forms.CharField(max_length=128)
    state = forms.MultipleChoiceField(
        label=_("State"), choices=Delivery.State.choices, widget=forms.CheckboxSelectMultiple
    )
    topic = forms.CharField(label=_("Topic"), max_length=80)
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.all(), to_field_name="slug")
    since = forms.DateField(label=_("Received"), widget=DateInput)
    until = forms.DateField(label=_("Received"), widget=DateInput)
