"""Load institutions written as data: sectors, calendars, delays, desks with their questions, texts, answers."""

from __future__ import annotations

from pathlib import Path

from django.db import models, transaction
from django.utils.translation import gettext as _

from claims_portal.catalogue import Table, Writer, read
from claims_portal.deadlines.models import Calendar, Delay
from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector
from claims_portal.organisations.services import desk_changed
from claims_portal.privacy.models import RightsDelay
from complaints.models import (
    AnswerTemplate,
    AskedField,
    Category,
    Complaint,
    Mediation,
    Mediator,
    Outcome,
    Procedure,
    Reason,
    Recipient,
    Respondent,
)

COMMON = "common.toml"


def load_catalogue(*, folder: Path) -> None:
    """Bring the rows named in the folder's TOML files to what the files say: all of them, or none.

    Rows are found by their code; rows that no file names are left alone. CatalogueError names the place of a mistake.
    """
    others = sorted(path for path in folder.glob("*.toml") if path.name != COMMON)
    files = [read(path) for path in (folder / COMMON, *others)]
    stale: set[Desk] = set()
    with transaction.atomic():
        for file in files:
            stale |= _load_file(file)
        desk_changed(desks=stale)


def _load_file(file: Table) -> set[Desk]:
    """Write one file's rows; the desks whose pages have something new to show."""
    writer = Writer(refusal=_consented)
    for key, model in (
        ("sectors", Sector),
        ("calendars", Calendar),
        ("delays", Delay),
        ("mediators", Mediator),
    ):
        for table in file.tables(key):
            writer.write(model, table, by=("code",))
    for position, table in enumerate(file.tables("respondents")):
        writer.write(Respondent, table, by=("sector", "code"), position=position)
    organisation = _load_organisation(file, writer)
    _load_answering(file, writer, organisation)
    file.finish()
    if not writer.changed:
        return set()
    return set(organisation.desks.all() if organisation else Desk.objects.all())


def _load_organisation(file: Table, writer: Writer) -> Organisation | None:
    table = file.table("organisation")
    if table is None:
        return None
    organisation = writer.write(Organisation, table, by=("code",))
    for text in file.tables("texts"):
        writer.write(LegalText, text, by=("organisation", "kind", "version"), organisation=organisation)
    for right in file.tables("rights_delays"):
        writer.write(RightsDelay, right, by=("organisation", "kind"), organisation=organisation)
    for position, body in enumerate(file.tables("recipients")):
        writer.write(Recipient, body, by=("organisation", "name_fr"), organisation=organisation, position=position)
    for desk in file.tables("desks"):
        _load_desk(desk, writer, organisation)
    return organisation


def _load_answering(file: Table, writer: Writer, organisation: Organisation | None) -> None:
    """Outcomes, reasons and templates of the file's organisation; of all of them in a file without one."""
    for key, model in (("outcomes", Outcome), ("reasons", Reason)):
        for position, table in enumerate(file.tables(key)):
            writer.write(model, table, by=("organisation", "code"), organisation=organisation, position=position)
    for position, table in enumerate(file.tables("templates")):
        by = ("organisation", "desk", "code")
        writer.write(AnswerTemplate, table, by=by, organisation=organisation, desk=None, position=position)


def _load_desk(table: Table, writer: Writer, organisation: Organisation) -> None:
    """One desk with its sectors, procedure, questions and categories."""
    procedure = table.table("procedure")
    if procedure is None:
        raise table.error(_("il manque la table « procedure »."))
    asked, categories = table.tables("asked_fields"), table.tables("categories")
    mediations = table.tables("mediations")
    sectors = [writer.named(Sector, code, table) for code in table.values.pop("sectors", [])]
    if not sectors or not categories:
        raise table.error(_("un guichet a au moins un secteur et une catégorie."))
    desk = writer.write(Desk, table, by=("code",), organisation=organisation)
    if set(desk.sectors.all()) != set(sectors):
        desk.sectors.set(sectors)
        writer.changed = True
    writer.write(Procedure, procedure, by=("desk",), desk=desk)
    for question in asked:
        writer.write(AskedField, question, by=("desk", "field"), desk=desk)
    for position, category in enumerate(categories):
        writer.write(Category, category, by=("desk", "code"), desk=desk, position=position)
    for mediation in mediations:
        writer.write(Mediation, mediation, by=("desk", "mediator"), desk=desk)


def _consented(row: models.Model) -> str:
    """People agreed to these words: other words are another version."""
    if isinstance(row, LegalText) and Complaint.objects.filter(consent_text=row).exists():
        return _("des personnes ont accepté cette version : donnez-en une nouvelle.")
    return ""
