"""A row whose cells stand in the order of its columns: `{% cells columns %}{% cell "state" %}…{% endcell %}…`."""

from django import template
from django.utils.safestring import mark_safe

register = template.Library()


class CellNode(template.Node):
    def __init__(self, name: str, nodelist: template.NodeList):
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> str:
        return self.nodelist.render(context)


class CellsNode(template.Node):
    child_nodelists = ("nodelist",)

    def __init__(self, columns: template.base.FilterExpression, nodelist: template.NodeList):
        self.columns, self.nodelist = columns, nodelist
        self.cells = {cell.name: cell for cell in nodelist if isinstance(cell, CellNode)}

    def render(self, context: template.Context) -> str:
        parts = []
        for column in self.columns.resolve(context):
            parts += [column.opening, self.cells[column.name].render(context), column.closing]
        return mark_safe("".join(parts))  # nosec B308 B703: each part is rendered or formatted


@register.tag
def cells(parser: template.base.Parser, token: template.base.Token) -> CellsNode:
    """The cells of one row; each column's tags are the column's own."""
    columns = parser.compile_filter(token.split_contents()[1])
    nodelist = parser.parse(("endcells",))
    parser.delete_first_token()
    return CellsNode(columns, nodelist)


@register.tag
def cell(parser: template.base.Parser, token: template.base.Token) -> CellNode:
    """What one cell holds."""
    name = token.split_contents()[1].strip("\"'")
    nodelist = parser.parse(("endcell",))
    parser.delete_first_token()
    return CellNode(name, nodelist)
