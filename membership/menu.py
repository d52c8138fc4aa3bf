"""The tabs of the member space, in the order of the guide (rows D33–D40; which shows when: T7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Tab:
    """One tab: its label, the name of its page, and whether it shows from the first e-mail step only."""

    label: str | Promise
    url_name: str
    once_email_asked: bool = False


# Each page adds its own line here.
TABS: tuple[Tab, ...] = ()
