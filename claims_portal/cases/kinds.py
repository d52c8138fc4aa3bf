"""The kinds of case of the portal. Each app registers its own in `AppConfig.ready`; this block imports none of them.

register(CaseKind(model=Complaint, rules=rules_of, due_soon=notices.DueSoon, overdue=notices.Overdue, …))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from claims_portal.deadlines.models import Delay
from claims_portal.notifications.notices import Notice
from claims_portal.organisations.models import Desk

from .models import Case

StaffNotice = Callable[[Any, Any, list[str]], Notice]  # the case, the clock, the addresses of those who handle it


@dataclass(frozen=True)
class Rule:
    """A delay that a case follows. `origin` is the category that set it, in French and Arabic; "" for the desk's own.

    A promise is what the desk has to do by then. A clock that can pause stands still while the person is asked for
    more.
    """

    delay: Delay
    origin: tuple[str, str] = ("", "")
    is_promise: bool = True
    can_pause: bool = False
    on_opening: bool = True  # starts with the case; the others are started by the services of the app


Rules = Mapping[str, Rule]  # by the kind of the clock


@dataclass(frozen=True)
class Retention:
    """How long the closed cases of a desk stay: the delay before they are archived, and before they may be erased."""

    archive: Delay | None = None
    disposal: Delay | None = None


@dataclass(frozen=True)
class Erasure:
    """What the erasure of a case takes away besides its words, documents and messages.

    `blank` are columns of the case with their empty values; `rows` erases what hangs on it and returns how many rows
    of each kind went, by name; `contacts` returns the addresses and numbers of the person, whose links are forgotten.
    """

    blank: Mapping[str, Any] = field(default_factory=dict)
    rows: Callable[[Any], dict[str, int]] = lambda case: {}
    contacts: Callable[[Any], list[str]] = lambda case: []


@dataclass(frozen=True)
class AccessCopy:
    """What a copy of somebody's data holds of a kind of case.

    `theirs` selects the cases of a contact (an e-mail address, a mobile in E.164; "" when not given), None when this
    kind is never found by a contact; `data` returns what the case holds about the person, as JSON values; `papers`
    yields further files as (name, content). `permission` is what it takes to have this kind in a copy. `said` are the
    kinds of event whose words the person reads, None when they read those of all public events. `most` are the cases
    in one copy, the newest: a PDF costs more than a row. `prefix` begins the name of the file of a case, where another
    kind has the same numbers.
    """

    theirs: Callable[[str, str], Q] | None = None
    data: Callable[[Any], dict[str, Any]] = lambda case: {}
    papers: Callable[[Any], Iterable[tuple[str, bytes]]] = lambda case: ()
    permission: str = ""
    said: frozenset[str] | None = None
    most: int = 20
    prefix: str = ""


def no_rules(case: Any) -> Rules:
    """Return no delay: the default of a kind of case that promises nothing."""
    return {}


def no_retention(desk: Desk) -> Retention:
    """Return no delay: the cases of this kind are neither archived nor erased."""
    return Retention()


@dataclass(frozen=True)
class CaseKind:
    """What the block must know of a kind of case beside its model, its workflow and its permissions.

    `related` are the relations that its notices read, loaded with the lock. `notices` are the messages that the common
    services send, by the name of the transition. Two hooks are called under the lock: `changed` after each transition,
    with the case and its event, and `late` when a promise is over, with the case, the clock and the event.
    """

    model: type[Case]
    related: tuple[str, ...] = ("desk__organisation",)
    rules: Callable[[Any], Rules] = no_rules
    notices: Mapping[str, Callable[[Any, Any], Notice]] = field(default_factory=dict)
    changed: Callable[[Any, Any], None] | None = None
    due_soon: StaffNotice | None = None
    overdue: StaffNotice | None = None
    late: Callable[[Any, Any, Any], None] | None = None
    staff_notices: frozenset[str] = frozenset()  # keys of messages to the desk: undelivered ones concern nobody else
    undelivered: Callable[[Any], None] | None = None
    retention: Callable[[Desk], Retention] = no_retention
    may_age: Q = field(default_factory=Q)  # closed cases for which something else still has to be kept do not age
    erasure: Erasure = field(default_factory=Erasure)
    access_copy: AccessCopy = field(default_factory=AccessCopy)

    @property
    def name(self) -> str:
        return self.model.kind_name()

    @property
    def events(self) -> Any:
        """Return the event model of this kind."""
        return self._table("events")

    @property
    def clocks(self) -> Any:
        """Return the clock model of this kind, None when it has no clocks."""
        return self._table("clocks")

    @property
    def documents(self) -> Any:
        """Return the model of its joined documents, None when it has none."""
        return self._table("documents")

    @property
    def disposals(self) -> Any:
        """Return the model of its proofs of erasure, None when its cases are never erased."""
        return self._table("disposal")

    def _table(self, name: str) -> Any:
        fields = {relation.get_accessor_name(): relation.related_model for relation in self.model._meta.related_objects}
        return fields.get(name)


_kinds: dict[type[Case], CaseKind] = {}


def register(kind: CaseKind) -> CaseKind:
    """Add a kind of case; call it in `AppConfig.ready`. Registering a model again replaces its kind."""
    _kinds[kind.model] = kind
    return kind


def unregister(kind: CaseKind) -> None:
    """Remove a kind of case."""
    _kinds.pop(kind.model, None)


def all_kinds() -> Iterator[CaseKind]:
    """Iterate over the registered kinds, in the order of their apps."""
    return iter(tuple(_kinds.values()))


def kind_of(case: Case | type[Case]) -> CaseKind:
    """Return the kind of a case or of its model; raise KeyError for a model that no app registered."""
    return _kinds[case if isinstance(case, type) else type(case)]


def kind_named(name: str) -> CaseKind | None:
    """Return the kind of a name such as « complaint », None for an unknown one."""
    return next((kind for kind in _kinds.values() if kind.name == name), None)
