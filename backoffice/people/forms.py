from django import forms
from django.utils.translation import gettext_lazy as _


class ViewName(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40, strip=True)


class PreferencesForm(forms.Form):
    single_keys = forms.BooleanField(
        label=_("Single letters are commands"),
        required=False,
        help_text=_(
            "Such as j and k for the rows, or g c for cards. Switch them off where a reader or a voice types letters."
        ),
    )
