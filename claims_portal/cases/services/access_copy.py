"""The copy of somebody's cases that they have a right to (law 09-08, art. 7): each as JSON, with its papers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from claims_portal.accounts.models import User
from claims_portal.cases.kinds import CaseKind, all_kinds
from claims_portal.organisations.models import Organisation


def copy_of_cases(*, email: str, mobile: str, organisation: Organisation, user: User) -> Iterator[tuple[str, bytes]]:
    """Yield the files (name, content) about the cases of a contact at an organisation, of every kind.

    Only what this member of staff may see: the kinds that their permissions open, the cases of their desks, nothing
    internal, nothing erased.
    """
    for kind in all_kinds():
        copied = kind.access_copy
        theirs = copied.theirs
        if theirs is None or (copied.permission and not user.has_perm(copied.permission)):
            continue
        cases = kind.model._default_manager.visible_to(user).kept()  # type: ignore[attr-defined]
        cases = cases.filter(theirs(email, mobile), desk__organisation=organisation).select_related(*kind.related)
        for case in cases.order_by("-pk")[: copied.most]:
            content = json.dumps(case_as_data(kind, case), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            yield f"{copied.prefix}{case.number}.json", content.encode()
            yield from copied.papers(case)


def case_as_data(kind: CaseKind, case: Any) -> dict[str, Any]:
    """Return what a case holds about its person, and what was said to them: nothing internal to the desk."""
    documents = case.documents.filter(event__is_public=True)
    history = list(case.events.public().values("at", "kind", "body"))
    if kind.access_copy.said is not None:
        history = [event if event["kind"] in kind.access_copy.said else event | {"body": ""} for event in history]
    return {
        "number": case.number,
        "desk": case.desk.name_fr,
        "state": case.state,
        "channel": case.channel,
        "language": case.language,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        **kind.access_copy.data(case),
        "history": history,
        "documents": list(documents.values("document__label", "document__sha256", "document__size", "added_at")),
    }
