"""Members and their families from a list: first what it would do, line by line, then all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from membership.import_forms import MEMBER, LineForm, plain
from membership.models import Beneficiary, Member, MemberImport, Policy
from membership.services.sensitive_changes import Difference, differences, record_changes

# Column of a line: the headings under which people write it.
HEADINGS = {
    "number": ("numero", "drpp", "som", "matricule", "numero d’adherent", "numero d'adherent"),
    "relation": ("lien", "lien de parente"),
    "last_name": ("nom",),
    "first_name": ("prenom",),
    "birth_date": ("naissance", "date de naissance"),
    "cin": ("cin", "cnie"),
    "rib": ("rib",),
    "payment": ("mode", "mode de remboursement"),
    "rights_from": ("droits du", "debut des droits"),
    "rights_to": ("droits au", "fin des droits"),
}
NEEDED = ("number", "relation", "last_name", "first_name", "birth_date", "rights_from")
# As the first line of a list writes them: names of data, the same in every language.
COLUMN_NAMES = {
    "number": "numéro",
    "relation": "lien",
    "last_name": "nom",
    "first_name": "prénom",
    "birth_date": "naissance",
    "cin": "CIN",
    "rib": "RIB",
    "payment": "mode",
    "rights_from": "droits du",
    "rights_to": "droits au",
}
MEMBER_COLUMNS = ("cin", "last_name", "first_name", "birth_date", "rib", "payment", "rights_from", "rights_to")
BATCH = 2000


class MissingColumns(Exception):
    """The first line lacks headings without which nobody can be recognised; `names` says which."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(*names)
        self.names = names


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be taken: the line as the spreadsheet numbers it, the column's name, and a sentence."""

    line: int
    column: str
    sentence: str


@dataclass
class Plan:
    """What an import would do."""

    members: dict[str, dict[str, Any]] = field(default_factory=dict)  # by number
    families: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0
    columns: frozenset[str] = frozenset()  # those the list has
    new_members: int = 0
    new_families: int = 0
    changes: list[tuple[Member, list[Difference]]] = field(default_factory=list)  # of who is paid or may sign in

    @property
    def taken(self) -> int:
        """How many people are written."""
        return len(self.members) + len(self.families)

    def refuse(self, line: int, column: str, sentence: str | Promise) -> None:
        self.problems.append(Problem(line, COLUMN_NAMES.get(column, ""), str(sentence)))


def plan_import(*, policy: Policy, table: Sequence[Sequence[str]], lock: bool = False) -> Plan:
    """Check every line of a table whose first one holds the headings. Writes nothing; three queries.

    `lock` holds the rows of the members that are there already, for a transaction that writes them.

    MissingColumns when it cannot be read at all.
    """
    columns = _columns(table[0])
    plan = Plan(columns=frozenset(columns))
    seen: dict[tuple[Any, ...], int] = {}
    relatives: list[tuple[int, dict[str, Any]]] = []
    for number, cells in enumerate(table[1:], start=2):
        if any(cells):
            plan.lines += 1
            _plan_line(plan, policy, number, _cells(columns, cells), seen, relatives)
    known = _known_members(policy, {line["number"] for _number, line in relatives} | plan.members.keys(), lock=lock)
    for number, line in relatives:
        if line["number"] in plan.members or line["number"] in known:
            plan.families.append(line)
        else:
            plan.refuse(number, "number", _("Aucun adhérent ne porte ce numéro, ni dans la liste ni dans la police."))
    plan.problems.sort(key=lambda problem: problem.line)
    plan.new_members = len(plan.members.keys() - known.keys())
    plan.changes = _sensitive_changes(plan, known)
    plan.new_families = _count_new(plan.families, known)
    return plan


def _columns(headings: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        for name, ways in HEADINGS.items():
            if plain(heading) in ways:
                found.setdefault(name, position)
    if missing := [COLUMN_NAMES[name] for name in NEEDED if name not in found]:
        raise MissingColumns(missing)
    return found


def _cells(columns: dict[str, int], cells: Sequence[str]) -> dict[str, str]:
    return {name: cells[position] for name, position in columns.items() if position < len(cells)}


def _plan_line(
    plan: Plan,
    policy: Policy,
    number: int,
    cells: dict[str, str],
    seen: dict[tuple[Any, ...], int],
    relatives: list[tuple[int, dict[str, Any]]],
) -> None:
    form = LineForm(cells, policy=policy)
    if not form.is_valid():
        for column, sentences in form.errors.items():
            for sentence in sentences:
                plan.refuse(number, column, str(sentence))
        return
    line = form.cleaned_data
    is_member = line["relation"] == MEMBER
    key = (line["number"],) if is_member else _family_key(line["number"], line)
    if key in seen:
        plan.refuse(number, "number", _("Cette personne est déjà à la ligne %(line)d.") % {"line": seen[key]})
        return
    seen[key] = number
    if is_member:
        plan.members[line["number"]] = line
    else:
        relatives.append((number, line))


def _family_key(owner: Any, line: dict[str, Any]) -> tuple[Any, ...]:
    return owner, line["relation"], line["first_name"], line["last_name"], line["birth_date"]


def _known_members(policy: Policy, numbers: Iterable[str], *, lock: bool = False) -> dict[str, Member]:
    rows = Member.objects.filter(policy=policy, number__in=list(numbers)).order_by("pk")
    members = {member.number: member for member in (rows.select_for_update() if lock else rows)}
    for member in members.values():
        member.policy = policy
    return members


def _sensitive_changes(plan: Plan, known: dict[str, Member]) -> list[tuple[Member, list[Difference]]]:
    """Return what changes of members who are there already, in the columns that the list has."""
    found = []
    for number, line in plan.members.items():
        if member := known.get(number):
            written = {name: line[name] for name in MEMBER_COLUMNS if name in plan.columns}
            if changed := differences(member, written):
                found.append((member, changed))
    return found


def _count_new(families: list[dict[str, Any]], known: dict[str, Member]) -> int:
    owners = {known[line["number"]] for line in families if line["number"] in known}
    columns = ("member_id", "relation", "first_name", "last_name", "birth_date")
    there = set(Beneficiary.objects.filter(member__in=owners).values_list(*columns))
    keys = {number: member.pk for number, member in known.items()}
    return sum(_family_key(keys.get(line["number"]), line) not in there for line in families)


@transaction.atomic
def apply_import(
    *, policy: Policy, table: Sequence[Sequence[str]], user: User | None = None, address: str | None = None
) -> Plan:
    """Write every line that is right, in one transaction; those that are not are in the plan's problems.

    Checked again here: what was true when the list was shown may have changed. A person already there is
    brought up to date in the columns the list has; nobody is taken out. Changes of who is paid or may sign in are
    recorded and told in the name of `user`.
    """
    plan = plan_import(policy=policy, table=table, lock=True)
    members = [
        Member(policy=policy, number=number, **{name: line[name] for name in MEMBER_COLUMNS})
        for number, line in plan.members.items()
    ]
    Member.objects.bulk_create(
        members,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["policy", "number"],
        update_fields=[name for name in MEMBER_COLUMNS if name in plan.columns],
    )
    known = _known_members(policy, {line["number"] for line in plan.families})
    people = [
        Beneficiary(
            member=known[line["number"]],
            **{
                name: line[name]
                for name in ("relation", "first_name", "last_name", "birth_date", "rights_from", "rights_to")
            },
        )
        for line in plan.families
    ]
    Beneficiary.objects.bulk_create(
        people,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["member", "relation", "first_name", "last_name", "birth_date"],
        update_fields=["rights_from", "rights_to"],
    )
    if plan.changes:
        record_changes(changed=plan.changes, user=user, path="import", address=address)
    return plan


@transaction.atomic
def take_in(*, import_id: int, user: User | None = None, address: str | None = None) -> Plan:
    """Write a list that was read and shown, once; MemberImport.DoesNotExist when somebody did so meanwhile."""
    waiting = MemberImport.objects.select_for_update(of=("self",)).select_related("policy")
    made = waiting.get(pk=import_id, applied_at=None)
    plan = apply_import(policy=made.policy, table=made.table, user=user, address=address)
    made.applied_at = timezone.now()
    made.table = []  # people's data have no reason to stay here
    made.save(update_fields=["applied_at", "table"])
    return plan


def prune_imports() -> int:
    """Delete the lists that nobody took in within a day. Gives how many."""
    old = MemberImport.objects.filter(applied_at=None, made_at__lt=timezone.now() - timedelta(days=1))
    return old.delete()[0]
