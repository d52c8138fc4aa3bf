"""What pages show of numbers that are nobody else's business."""

from __future__ import annotations

from .models import Beneficiary, Member

HIDDEN = "••"


def name_shown(person: Member | Beneficiary, *, member: Member) -> str:
    """The name of somebody of the family: the first name alone until the member's identity papers are accepted.

    Enough for who lives with them to choose; the rest is not for whoever knows a number and a CIN.
    """
    return person.full_name if person == member or member.account.is_checked else person.first_name


def masked_mobile(mobile: object) -> str:
    """« +212 6•• •• •• 78 »: enough to know which telephone."""
    number = str(mobile)
    return f"{number[:4]} {number[4:5]}{HIDDEN} {HIDDEN} {HIDDEN} {number[-2:]}" if len(number) > 8 else ""


def masked_email(email: str) -> str:
    """« s•••@exemple.ma »."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}•••{at}{domain}" if email else ""


def masked_rib(rib: str) -> str:
    """« 011 … 21 »: the bank and the key of a RIB (24 digits)."""
    return f"{rib[:3]} {HIDDEN}{HIDDEN} {HIDDEN}{HIDDEN} {HIDDEN}{HIDDEN} {rib[-4:]}" if rib else ""
