"""Public numbers: YYYYMMDD, the local date, then six digits that follow one another (row D128)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

_NEXT = (
    "INSERT INTO health_claims_dailycounter AS c (series, day, last) VALUES (%s, %s, 1)"
    " ON CONFLICT (series, day) DO UPDATE SET last = c.last + 1 RETURNING last"
)


def next_reference(*, series: str, time_zone: str) -> str:
    """The next number of a series (« declaration », « claim », « batch ») on today's date in that zone.

    One statement. It holds the day's row until the transaction ends: ask for it last, and no number is
    given twice nor left out, whoever else asks at the same moment.
    """
    day = timezone.now().astimezone(ZoneInfo(time_zone)).date()
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series, day])
        return f"{day:%Y%m%d}{cursor.fetchone()[0]:06d}"
