"""Digital member cards: made when first shown, renewed by their member, checked by whoever scans one (row F43)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from membership.models import Member, MemberCard

CODE = re.compile(r"[A-Za-z0-9_-]{10,32}")


@dataclass(frozen=True)
class Validity:
    """Whether the rights are open on a day, and until when; None for no known end, or when they are not open."""

    is_open: bool
    day: date  # in the insurer's zone
    until: date | None = None


def _code() -> str:
    return secrets.token_urlsafe(16)


def card_of(*, member: Member) -> MemberCard:
    """The member's card, made at the first look."""
    return MemberCard.objects.get_or_create(member=member, defaults={"code": _code()})[0]


def renew_card(*, member: Member) -> MemberCard:
    """Another code: copies of the card stop being valid at once."""
    return MemberCard.objects.update_or_create(member=member, defaults={"code": _code()})[0]


def check_card(*, code: str) -> Validity:
    """What a code says today. One that is unknown, or was renewed since, is not valid, like one without open rights.

    One query.
    """
    cards = MemberCard.objects.select_related("member__policy__organisation")
    card = cards.filter(code=code).first() if CODE.fullmatch(code) else None
    if card is None:
        return Validity(is_open=False, day=timezone.localdate())
    member = card.member
    today = today_of(member)
    served = member.policy.is_open and member.policy.organisation.is_active
    if not (served and member.has_rights_on(today)):
        return Validity(is_open=False, day=today)
    return Validity(is_open=True, day=today, until=member.rights_to)


def today_of(member: Member) -> date:
    """The day it is where the member's insurer is; `member` with policy and organisation."""
    return timezone.localdate(timezone=ZoneInfo(member.policy.organisation.time_zone))
