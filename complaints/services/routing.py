"""Assignment rules at work: read once a version of the desk, followed as a case arrives (F22)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.cases.services.changes import record_event
from claims_portal.organisations.desk_cache import cached_per_desk_version
from claims_portal.organisations.models import Desk
from complaints.folding import folded
from complaints.models import AssignmentRule, Complaint, EventKind
from complaints.workflow import HANDLE


@dataclass(frozen=True)
class Rule:
    """One rule, ready to be compared with a case; `people` are the keys of those it may give the case to."""

    pk: int
    name: str
    category_id: int | None
    channel: str
    language: str
    words: tuple[str, ...]
    people: tuple[int, ...]

    def fits(self, complaint: Complaint, story: str) -> bool:
        """Whether each condition of the rule is met; `story` is `folded`."""
        return (
            self.category_id in (None, complaint.category_id)
            and self.channel in ("", complaint.channel)
            and self.language in ("", complaint.language)
            and (not self.words or any(word in story for word in self.words))
        )


@cached_per_desk_version
def rules_of(desk: Desk) -> tuple[Rule, ...]:
    """Return the rules of a desk in their order, as staff last saved them."""
    found = AssignmentRule.objects.filter(desk=desk, is_active=True).select_related("team")
    return tuple(_ready(each) for each in found.prefetch_related("team__members").order_by("position", "pk"))


def _ready(rule: AssignmentRule) -> Rule:
    people = [rule.agent_id] if rule.team is None else [each.pk for each in rule.team.members.all()]
    words = tuple(filter(None, (folded(each) for each in re.split("[,،]", rule.words))))
    keys = tuple(key for key in people if key is not None)
    return Rule(rule.pk, rule.name, rule.category_id, rule.channel, rule.language, words, keys)


def fitting(complaint: Complaint, rules: Iterable[Rule]) -> list[Rule]:
    """The rules whose conditions a case meets, in their order. No query."""
    rules = list(rules)
    story = folded(complaint.facts) if any(rule.words for rule in rules) else ""
    return [rule for rule in rules if rule.fits(complaint, story)]


def route(*, complaint: Complaint) -> User | None:
    """Give a case that just arrived to whom the first fitting rule names, and say so; in the caller's transaction.

    No query when no rule fits. A rule whose people have all left the desk is passed over.
    """
    for rule in fitting(complaint, rules_of(complaint.desk)):
        agent = least_busy(rule.people, complaint.desk)
        if agent is None:
            continue
        complaint.assigned_to = agent
        complaint.save(update_fields=["assigned_to", "changed_at"])
        with translation.override(settings.LANGUAGE_CODE):
            words = _("Attribuée à %(agent)s par la règle « %(rule)s ».") % {
                "agent": agent,
                "rule": rule.name,
            }
        record_event(complaint, EventKind.ROUTED, body=words, is_public=False)
        return agent
    return None


def handlers() -> QuerySet[User]:
    """Members of staff who may handle complaints, somewhere: not those who only read them."""
    return ModelBackend().with_perm(HANDLE).filter(is_staff=True)


def at_work() -> QuerySet[User]:
    """Those of a desk, whichever it is, by name."""
    return handlers().filter(desks__isnull=False).distinct().order_by("last_name", "first_name", "email")


def least_busy(people: Iterable[int], desk: Desk) -> User | None:
    """Of these people, the one still at the desk who has the fewest open cases. One query."""
    held = Complaint.objects.open().filter(assigned_to=OuterRef("pk")).order_by().values("assigned_to")
    open_cases = Coalesce(Subquery(held.annotate(count=Count("pk")).values("count")), 0)
    present = handlers().filter(pk__in=list(people), desks=desk)
    return present.annotate(open_cases=open_cases).order_by("open_cases", "pk").first()
