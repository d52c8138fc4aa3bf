"""Load the coded reasons written as data, and find them by code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from claims_portal.catalogue import Writer, read
from claims_portal.organisations.models import Organisation
from health_claims.models import Reason

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue" / "reasons.toml"


class UnknownReason(LookupError):
    """No active reason has this code: the catalogue was not loaded (`manage.py load_reasons`), or it was set aside."""


@transaction.atomic
def load_reasons(*, path: Path = CATALOGUE, refresh: bool = False) -> None:
    """Write the reasons for all organisations that are not there yet; with `refresh`, as the file says, all of them.

    What staff have changed since stays otherwise, and rows the file does not name are left alone in any case.
    CatalogueError names the place of a mistake. Texts are in French and Arabic (row E112; F37).
    """
    file, writer = read(path), Writer()
    known = set() if refresh else set(Reason.objects.filter(organisation=None).values_list("use", "code"))
    for use in Reason.Use.values:
        for position, table in enumerate(file.tables(use)):
            if (use, table.values.get("code")) in known:
                continue
            writer.write(
                Reason, table, by=("organisation", "use", "code"), organisation=None, use=use, position=position
            )
    file.finish()


def require(reason: Reason, *, use: str, organisation: Organisation) -> None:
    """ValueError unless this reason has that use, and is the organisation's own or for all."""
    if reason.use != use or reason.organisation_id not in (None, organisation.pk):
        raise ValueError(f"{reason.code} is no {use} of this organisation.")


def reasons_of(*, organisation: Organisation, use: str, codes: Iterable[str]) -> dict[str, Reason]:
    """The reasons by code, an organisation's own before those for all. One query; UnknownReason when one is missing."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = Reason.objects.filter(Q(organisation=organisation) | Q(organisation=None), use=use, code__in=wanted)
    found = {row.code: row for row in sorted(rows, key=lambda row: row.organisation_id is not None)}
    if missing := wanted - found.keys():
        raise UnknownReason(", ".join(sorted(missing)))
    return found


def labels_of(*, organisation: Organisation, codes: Iterable[str]) -> dict[str, str]:
    """The labels of the cuts of these codes, an organisation's own before those for all; what is not known is left out.

    One query, none without a code.
    """
    wanted = set(codes)
    if not wanted:
        return {}
    rows = Reason.objects.filter(
        Q(organisation=organisation) | Q(organisation=None), use=Reason.Use.ABATEMENT, code__in=wanted
    )
    return {row.code: str(row.label) for row in sorted(rows, key=lambda row: row.organisation_id is not None)}


def offered_reasons(*, organisation: Organisation, uses: Iterable[str]) -> dict[str, list[Reason]]:
    """By use, the reasons an agent may choose now, in their order; an organisation's own stands for that of all.

    One query.
    """
    rows = Reason.objects.filter(Q(organisation=organisation) | Q(organisation=None), use__in=uses)
    by_code = {(row.use, row.code): row for row in sorted(rows, key=lambda row: row.organisation_id is not None)}
    chosen = sorted(by_code.values(), key=lambda row: (row.position, row.code))
    return {use: [row for row in chosen if row.use == use and row.is_active] for use in uses}
