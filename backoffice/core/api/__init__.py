"""What every endpoint has in common: strict bodies and parameters, keyset pages, and one shape of error.

The settings name what is here, and rest_framework.views asks for it while it is being imported: so `views` stays out.
"""

from backoffice.core.api.errors import Refused, problem
from backoffice.core.api.incoming import AmountIn, ListParameters, Moment, Strict, StrictJSONParser, Text
from backoffice.core.api.outgoing import AmountOut, Count, KeysetPagination, MirroredOut, Named, ObjectName

__all__ = [
    "AmountIn",
    "AmountOut",
    "Count",
    "KeysetPagination",
    "ListParameters",
    "MirroredOut",
    "Moment",
    "Named",
    "ObjectName",
    "Refused",
    "Strict",
    "StrictJSONParser",
    "Text",
    "problem",
]
