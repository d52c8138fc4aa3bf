"""Changes of who is paid or who may sign in: RIB, CIN, birth date and end of rights of a member.

Every path that writes these columns of an existing member calls this module. A change is a line of the audit log,
a message to the member, and after another RIB a delay before the next payment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.accounts import audit, links
from claims_portal.accounts.models import User
from claims_portal.notifications.services import queue
from membership import notices
from membership.models import Member, MemberAccount, SensitiveChange

LABELS: dict[str, str | Promise] = {
    "rib": gettext_lazy("RIB"),
    "cin": gettext_lazy("CIN"),
    "birth_date": gettext_lazy("Date de naissance"),
    "rights_to": gettext_lazy("Fin des droits"),
}
MASKED = ("rib", "cin")
SHOWN = 4  # characters at the end of a masked value
NOT_ME = "member-change"  # purpose of the links
SUBJECT = "change:"  # what they name: a bare key would be one of an account


class NotDisputed(Exception):
    """No alarm waits for a supervisor (any more)."""


@dataclass(frozen=True)
class Difference:
    """A column that changes."""

    column: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """Return « RIB : ••••4921 → ••••1234 »."""
        return _("%(label)s : %(before)s → %(after)s") % {
            "label": LABELS[self.column],
            "before": shown(self.column, self.before) or _("vide"),
            "after": shown(self.column, self.after) or _("vide"),
        }


def shown(column: str, value: Any) -> str:
    """Return a value as people read it; of a RIB or a CIN the last characters only."""
    if isinstance(value, date):
        return date_format(value, "d/m/Y")
    return masked(value) if column in MASKED else str(value or "")


def masked(value: str) -> str:
    return f"••••{value[-SHOWN:]}" if value else ""


def logged(column: str, value: Any) -> str:
    """Return a value as the audit log keeps it."""
    return masked(value) if column in MASKED else value.isoformat() if value else ""


def differences(before: Member, after: Mapping[str, Any]) -> list[Difference]:
    """Return what changes in the sensitive columns that `after` has."""
    found = [Difference(name, getattr(before, name), after[name]) for name in LABELS if name in after]
    return [difference for difference in found if difference.before != difference.after]


def digest(found: Iterable[Difference]) -> str:
    """Return a proof that these changes were shown: other values have another one."""
    values = repr([(difference.column, difference.before, difference.after) for difference in found])
    return salted_hmac("membership.sensitive_changes", values).hexdigest()


@transaction.atomic
def save_member(*, member: Member, user: User, address: str | None) -> None:
    """Save a member who exists already, and record what changes."""
    stored = Member.objects.select_for_update().get(pk=member.pk)
    found = differences(stored, {name: getattr(member, name) for name in LABELS})
    member.save()
    if found:
        record_changes(changed=[(member, found)], user=user, path="form", address=address)


@transaction.atomic
def record_changes(
    *, changed: list[tuple[Member, list[Difference]]], user: User | None, path: str, address: str | None = None
) -> None:
    """Record changes that are being written, and tell the members. `path` is "form" or "import"."""
    accounts = MemberAccount.objects.filter(member__in=[member for member, _found in changed]).in_bulk(
        field_name="member_id"
    )
    for member, found in changed:
        columns = [difference.column for difference in found]
        new_account = any(difference.column == "rib" and difference.after for difference in found)
        days = timedelta(days=member.policy.rib_hold_days)
        change = SensitiveChange.objects.create(
            member=member,
            user=user,
            columns=columns,
            payable_from=member.policy.organisation.today() + days if new_account else None,
        )
        audit.record(
            action=audit.Action.MEMBER_CHANGED,
            user=user,
            about=member,
            reference=member.number,
            desk=member.policy.desk,
            address=address,
            details={
                "path": path,
                "before": {difference.column: logged(difference.column, difference.before) for difference in found},
                "after": {difference.column: logged(difference.column, difference.after) for difference in found},
            },
        )
        account = accounts.get(member.pk)
        if account is not None:
            token = links.create_link(purpose=NOT_ME, subject=f"{SUBJECT}{change.pk}", hours=notices.CHANGE_HOURS)
            queue(notices.MemberChanged(account, change=change.pk, token=token))


@transaction.atomic
def report_change(*, token: str, address: str | None) -> None:
    """Note that the member did not ask for a change: no payment leaves until a supervisor releases them.

    LinkUnusable when the link served or is too old.
    """
    subject = links.use_link(purpose=NOT_ME, token=token)
    change = SensitiveChange.objects.select_for_update().filter(pk=int(subject.removeprefix(SUBJECT))).first()
    if change is None:  # the member is gone
        raise links.LinkUnusable
    change.disputed_at = timezone.now()
    change.released_at, change.released_by, change.release_reason = None, None, ""
    change.save(update_fields=["disputed_at", "released_at", "released_by", "release_reason"])
    _log(audit.Action.CHANGE_DISPUTED, change, user=None, address=address)


@transaction.atomic
def release_change(*, change_id: int, user: User, reason: str, address: str | None) -> None:
    """Let payments leave again after an alarm, for a reason. NotDisputed without an alarm; ValueError for no reason."""
    if not reason.strip():
        raise ValueError("An alarm is released for a reason.")
    change = SensitiveChange.objects.select_for_update().get(pk=change_id)
    if not change.is_disputed:
        raise NotDisputed
    change.released_at, change.released_by, change.release_reason = timezone.now(), user, reason.strip()
    change.save(update_fields=["released_at", "released_by", "release_reason"])
    _log(audit.Action.CHANGE_RELEASED, change, user=user, address=address)


def _log(action: audit.Action, change: SensitiveChange, *, user: User | None, address: str | None) -> None:
    member = change.member
    audit.record(
        action=action,
        user=user,
        about=member,
        reference=member.number,
        desk=member.policy.desk,
        address=address,
        details={"change": change.pk, "columns": change.columns},
    )
