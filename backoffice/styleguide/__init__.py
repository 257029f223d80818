"""Every component in every tone and at every edge on one page, for whoever changes the look."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from backoffice.core.keyset import Keyset
from backoffice.core.parts import View
from backoffice.styleguide import lists, orders


class SampleForm(forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("First deposit"),
        help_text=gettext_lazy("20.00 to 5,000.00 USD"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Cards"),
        help_text=gettext_lazy("Up to 20 at once"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    wallet = forms.ChoiceField(
        label=gettext_lazy("Pay from"), choices=[("usd", gettext_lazy("USD main, 218,420.55 USD")), ("eur", "EUR")]
    )
    label = forms.CharField(label=gettext_lazy("Label"), required=False, help_text=gettext_lazy("Your team sees it"))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("prepaid", gettext_lazy("Prepaid")), ("shared", gettext_lazy("Shared"))],
        widget=forms.RadioSelect,
    )
    notify = forms.BooleanField(
        label=gettext_lazy("Tell the holder"),
        required=False,
        help_text=gettext_lazy("By email, once the card is active"),
    )


class SampleFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("any")), ("a", gettext_lazy("Active"))]
    )
    since = forms.DateField(
        label=gettext_lazy("Created after"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    refused = SampleForm(
        {"amount": "12,5", "quantity": "40", "wallet": "usd", "kind": "prepaid", "label": "差旅 · 广州"}
    )
    refused.is_valid()
    refused.add_error("quantity", _("Enter 20 or less"))
    return render(
        request,
        "styleguide.html",
        {
            "badges": orders.BADGES,
            "amounts": [(Decimal(amount), currency) for amount, currency in lists.AMOUNTS],
            "moments": [now, now - timedelta(minutes=12), now - timedelta(hours=26), now - timedelta(days=400)],
            "soon": now + timedelta(seconds=41),
            "ids": ("crd_7Kq2Wm4ZpT8sYcVn9fXb", "ref-000381", "9f0c3b7e2a5d4c81b6e0f7a1d2c3b4e5"),
            "new_form": SampleForm(auto_id="new_%s"),
            "refused_form": refused,
            "filter_form": SampleFilter(auto_id="filter_%s"),
            "actions": orders.actions(),
            "crumbs": (View(label=_("Orders"), url="#list"), View(label="cor_5vJ8…2LqA", url="")),
            "confirm_facts": orders.question(),
            "facts": orders.facts(now),
            "stepper_now": orders.steps(now, "now"),
            "stepper_late": orders.steps(now, "late"),
            "stepper_failed": orders.steps(now, "failed"),
            "pendings": orders.pendings(now),
            "events": orders.events(now),
            "kinds": orders.kinds(),
            "quote": orders.quote(now),
            "short_quote": orders.short_quote(),
            "queues": lists.queues(),
            "views": lists.views(),
            "chips": lists.chips(),
            "rows": lists.rows(now),
            "sums": lists.SUMS,
            "page": Keyset(rows=[None] * 7, newer="", older="bmV4dA", size=50),
            "chart": lists.chart(),
            "raw": orders.RAW,
        },
    )
