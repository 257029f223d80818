"""The way from a list to its export: `{% export_link "cards" %}`, for who may see the list; Shift-E follows it."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.core.templatetags.ui import icon
from backoffice.exports.lists import exportable_of

register = template.Library()


@register.simple_tag(takes_context=True)
def export_link(context: template.Context, slug: str) -> SafeString | str:
    """The rows and the columns of the screen: its filter goes along."""
    request, exportable = context.get("request"), exportable_of(slug)
    if request is None or exportable is None or not request.user.has_perm(exportable.permission):
        return ""
    params = request.GET.copy()
    for name in ("cursor", "limit", "mark"):
        params.pop(name, None)
    query = f"?{params.urlencode()}" if params else ""
    url = f"{reverse('exports:new', args=[slug])}{query}"
    return format_html('<a class="button" href="{}" data-export>{}{}</a>', url, icon("download"), _("Export"))
