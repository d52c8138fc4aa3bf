"""The contracts and members of a demonstration, taken in as any list is."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from claims_portal.documents.services import claim_documents, receive_document

from .models import Member, Policy, PracticalText
from .services.catalogue import load_policies
from .services.importing import apply_import
from .tables import read_table

CATALOGUE = Path(__file__).parent / "catalogue"


def load_membership(*, refresh: bool = False) -> None:
    """Load the policies once, and their members; what staff have changed since then stays, unless `refresh`."""
    if refresh or not Policy.objects.exists():
        load_policies(folder=CATALOGUE)
    if Member.objects.exists():
        return
    for path in sorted((CATALOGUE / "demo").glob("*.csv")):
        plan = apply_import(policy=Policy.objects.get(number=path.stem), table=read_table(path.read_bytes()))
        if plan.problems:
            raise ValueError(f"{path.name}: {plan.problems[0]}")
    for path in sorted((CATALOGUE / "demo").glob("*.pdf")):
        _give_guide(Policy.objects.get(number=path.stem), path)


@transaction.atomic
def _give_guide(policy: Policy, path: Path) -> None:
    """Put the guide in pictures beside the first text of « Téléchargement » (rows D1, D6)."""
    text = policy.texts.filter(page=PracticalText.Page.DOWNLOADS).first()
    if text is not None:
        document = receive_document(upload=SimpleUploadedFile("Guide DM Online.pdf", path.read_bytes()))
        claim_documents(documents=[document])
        text.document = document
        text.save(update_fields=["document"])
