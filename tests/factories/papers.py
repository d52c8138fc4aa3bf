"""The identity papers of a member, as they are after the first sending.

PaperFactory.create(member=member, kind="cin")    # waiting to be checked
papers_of(member)                                 # both
"""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from health_claims.models import IdentityPaper
from membership.models import Member

from .documents import DocumentFactory
from .membership import MemberFactory


class PaperFactory(DjangoModelFactory[IdentityPaper]):
    class Meta:
        model = IdentityPaper

    member = factory.SubFactory(MemberFactory, activated=True)
    kind = IdentityPaper.Kind.CIN
    document = factory.SubFactory(DocumentFactory)


def papers_of(member: Member) -> list[IdentityPaper]:
    """Both papers, waiting to be checked: the member may send declarations."""
    return [PaperFactory.create(member=member, kind=kind) for kind in IdentityPaper.Kind]
