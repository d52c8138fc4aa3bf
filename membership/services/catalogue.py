"""Load contracts written as data: base regimes with their tariff, prestations, policies with what they guarantee."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from claims_portal.catalogue import Table, Writer, read
from membership.models import (
    BaseRegime,
    Ceiling,
    Deductible,
    DepositPoint,
    Guarantee,
    KeyLetter,
    Policy,
    PracticalText,
    Prestation,
    RequiredPiece,
)

COMMON = "common.toml"


def load_policies(*, folder: Path) -> None:
    """Bring the rows named in the folder's TOML files to what the files say: all of them, or none.

    Organisations and desks are there already. Rows that no file names are left alone. CatalogueError names
    the place of a mistake.
    """
    others = sorted(path for path in folder.glob("*.toml") if path.name != COMMON)
    files = [read(path) for path in (folder / COMMON, *others)]
    with transaction.atomic():
        for file in files:
            _load_file(file)


def _load_file(file: Table) -> None:
    writer = Writer()
    for table in file.tables("regimes"):
        letters = table.tables("letters")
        regime = writer.write(BaseRegime, table, by=("code",))
        for letter in letters:
            writer.write(KeyLetter, letter, by=("regime", "letter", "valid_from"), regime=regime)
    for position, table in enumerate(file.tables("prestations")):
        writer.write(Prestation, table, by=("code",), position=position)
    if policy := file.table("policy"):
        _load_policy(policy, writer)
    file.finish()


def _load_policy(table: Table, writer: Writer) -> None:
    """One policy with its guarantees, ceilings, deductibles, deposit points and texts."""
    guarantees = [(each, each.tables("pieces")) for each in table.tables("guarantees")]
    ceilings, deductibles = table.tables("ceilings"), table.tables("deductibles")
    points, texts = table.tables("deposit_points"), table.tables("texts")
    policy = writer.write(Policy, table, by=("number",))
    for each, pieces in guarantees:
        guarantee = writer.write(Guarantee, each, by=("policy", "prestation", "valid_from"), policy=policy)
        for position, piece in enumerate(pieces):
            writer.write(RequiredPiece, piece, by=("guarantee", "position"), guarantee=guarantee, position=position)
    for position, each in enumerate(ceilings):
        writer.write(Ceiling, each, by=("policy", "position"), policy=policy, position=position)
    for each in deductibles:
        writer.write(Deductible, each, by=("policy", "prestation", "valid_from"), policy=policy)
    for position, each in enumerate(points):
        writer.write(DepositPoint, each, by=("policy", "position"), policy=policy, position=position)
    for position, each in enumerate(texts):
        writer.write(PracticalText, each, by=("policy", "page", "position"), policy=policy, position=position)
