from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.accounts.models import Account
from backoffice.core.filters import DateInput, FilterForm
from backoffice.journal.models import Source
from backoffice.outbox.models import Call, Exchange


class CallFilter(FilterForm):
    operators = {"since": _("from"), "until": _("to")}

    q = forms.CharField(max_length=64)
    state = forms.MultipleChoiceField(label=_("State"), choices=Call.State.choices, widget=forms.CheckboxSelectMultiple)
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.all(), to_field_name="slug")
    since = forms.DateField(label=_("Created"), widget=DateInput)
    until = forms.DateField(label=_("Created"), widget=DateInput)


class GiveUpForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you found out, and where. It is kept for ever and cannot be changed."),
    )


class ExchangeFilter(FilterForm):
    operators = {"since": _("from"), "until": _("to")}

    q = forms.CharField(max_length=64)
    outcome = forms.MultipleChoiceField(
        label=_("Outcome"), choices=Exchange.Outcome.choices, widget=forms.CheckboxSelectMultiple
    )
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.all(), to_field_name="slug")
    path = forms.CharField(label=_("Path"), max_length=120)
    source = forms.MultipleChoiceField(
        label=_("On whose word"),
        choices=[(one.value, one.label) for one in (Source.REPLY, Source.LOOK, Source.POLL, Source.SYNC)],
        widget=forms.CheckboxSelectMultiple,
    )
    since = forms.DateField(label=_("Asked"), widget=DateInput)
    until = forms.DateField(label=_("Asked"), widget=DateInput)
