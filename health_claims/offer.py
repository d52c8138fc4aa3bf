"""What a member may declare, and for whom: read once for a draft, then asked as often as its pages need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, prefetch_related_objects

from claims_portal.compiled_query import CompiledQuery
from claims_portal.wizards.models import Draft, DraftDocument, joined_documents
from membership.models import Beneficiary, Guarantee, Member

MEMBER = "member"  # the value of « L’assuré lui-même » where a person is chosen
_OWNER = "member:"


@dataclass(frozen=True)
class Offer:
    """A member, their family in charge, and every version of what their policy guarantees."""

    member: Member
    family: list[Beneficiary]
    versions: list[Guarantee]  # by the prestations' order, the newest version of each first
    today: date  # in the insurer's zone
    by_id: dict[str, Beneficiary] = field(default_factory=dict)

    def guarantees(self) -> list[Guarantee]:
        """What is guaranteed today, in the order of the prestations (row D77)."""
        codes = dict.fromkeys(each.prestation.code for each in self.versions)
        found = (self.guarantee_on(code, self.today) for code in codes)
        return [each for each in found if each is not None]

    def guarantee_on(self, code: str, day: date) -> Guarantee | None:
        """The version for a prestation on a day: the rule of `Guarantee.objects.on`, without another query."""
        begun = [each for each in self.versions if each.prestation.code == code and each.valid_from <= day]
        if not begun or (begun[0].valid_to is not None and begun[0].valid_to < day):
            return None
        return begun[0]

    def patient(self, choice: str) -> Beneficiary | None:
        """The person of the family behind a choice; None for the member. KeyError for anybody else."""
        return None if choice == MEMBER else self.by_id[choice]

    def relatives(self, relation: str) -> list[Beneficiary]:
        return [each for each in self.family if each.relation == relation]


def owner_of(member_id: int) -> str:
    """How drafts name the member they belong to."""
    return f"{_OWNER}{member_id}"


def member_id_of(draft: Draft) -> int:
    """The member a draft belongs to; ValueError when it is nobody's."""
    return int(draft.owner.removeprefix(_OWNER))


def zone_of(draft: Draft) -> ZoneInfo:
    return ZoneInfo(draft.desk.organisation.time_zone)


def offer_of(draft: Draft, member: Member | None = None) -> Offer:
    """The offer to the member of a draft: two queries the first time, three when the member was not read yet."""
    if "offer" not in draft.kept:
        member = member or Member.objects.select_related("account", "policy__desk__organisation").get(
            pk=member_id_of(draft)
        )
        draft.kept["offer"] = read_offer(member=member, today=draft.desk.organisation.today())
    offer: Offer = draft.kept["offer"]
    return offer


def read_offer(*, member: Member, today: date) -> Offer:
    """The offer to a member on a day of their insurer's: two queries."""
    family = _family.rows(member=member.pk)
    for each in family:
        each.member = member
    return Offer(
        member=member,
        family=family,
        versions=_versions.rows(policy=member.policy_id),
        today=today,
        by_id={str(each.pk): each for each in family},
    )


def share_offer(drafts: Iterable[Draft], member: Member) -> None:
    """Read the offer once for several drafts of one member, and the files of all at once: three queries."""
    drafts = list(drafts)
    prefetch_related_objects(drafts, Prefetch("documents", DraftDocument.objects.select_related("document")))
    for draft in drafts:
        draft.kept["offer"] = offer_of(drafts[0], member)
        draft.kept["joined"] = list(draft.documents.all())


_family = CompiledQuery(lambda member: Beneficiary.objects.filter(member=member), member=int)
_versions = CompiledQuery(
    lambda policy: (
        Guarantee.objects.filter(policy=policy)
        .select_related("prestation")
        .order_by("prestation__position", "prestation__code", "-valid_from")
    ),
    policy=int,
)


def joined_to(draft: Draft) -> list[DraftDocument]:
    """The files of a draft with their documents, one query the first time."""
    if "joined" not in draft.kept:
        draft.kept["joined"] = joined_documents.rows(draft=draft.pk)
    joined: list[DraftDocument] = draft.kept["joined"]
    return joined
