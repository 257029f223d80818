from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.exports.models import Export


class ExportForm(forms.Form):
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _("The form is incomplete. Load it again.")}
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            (Export.Format.CSV, _("CSV, for any program and up to 2,000,000 rows")),
            (Export.Format.XLSX, _("XLSX, for a spreadsheet and up to 1,048,575 rows")),
        ],
        initial=Export.Format.CSV,
        widget=forms.RadioSelect,
    )
