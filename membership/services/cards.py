"""Digital cards of members and their family: made when first shown, renewed, checked by whoever scans one (row F43)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from membership.models import Beneficiary, Member, MemberCard

CODE = re.compile(r"[A-Za-z0-9_-]{10,32}")


@dataclass(frozen=True)
class Validity:
    """Whether the rights are open on a day, and until when; None for no known end, or when they are not open."""

    is_open: bool
    day: date  # in the insurer's zone
    until: date | None = None


def _code() -> str:
    return secrets.token_urlsafe(16)


def card_of(*, member: Member, beneficiary: Beneficiary | None = None) -> MemberCard:
    """The card of a member, or of somebody of their family, made at the first look."""
    return MemberCard.objects.get_or_create(member=member, beneficiary=beneficiary, defaults={"code": _code()})[0]


def renew_card(*, member: Member, beneficiary: Beneficiary | None = None) -> MemberCard:
    """Another code: copies of that card stop being valid at once; the other cards of the family stay."""
    return MemberCard.objects.update_or_create(member=member, beneficiary=beneficiary, defaults={"code": _code()})[0]


def check_card(*, code: str) -> Validity:
    """What a code says today. One that is unknown, or was renewed since, is not valid, like one without open rights.

    Somebody of the family has rights while the member has them too. One query.
    """
    cards = MemberCard.objects.select_related("member__policy__organisation", "beneficiary")
    card = cards.filter(code=code).first() if CODE.fullmatch(code) else None
    if card is None:
        return Validity(is_open=False, day=timezone.localdate())
    member, person = card.member, card.beneficiary or card.member
    today = member.policy.organisation.today()
    served = member.policy.is_open and member.policy.organisation.is_active
    if not (served and member.has_rights_on(today) and person.has_rights_on(today)):
        return Validity(is_open=False, day=today)
    ends = [each.rights_to for each in (member, person) if each.rights_to is not None]
    return Validity(is_open=True, day=today, until=min(ends, default=None))
