"""Drafts: what a person has told us so far in a step-by-step form, kept until they send it or it expires."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from claims_portal.compiled_query import CompiledQuery
from claims_portal.documents.models import Document
from claims_portal.organisations.models import Desk


def draft_end() -> datetime:
    """When a draft touched now expires."""
    return timezone.now() + timedelta(days=settings.DRAFT_DAYS)


class DraftQuerySet(models.QuerySet["Draft"]):
    def live(self, now: datetime | None = None) -> DraftQuerySet:
        """Drafts that may still be opened, with what every page about them shows."""
        return self.filter(expires_at__gt=now or timezone.now()).select_related("desk__organisation")

    def unsent_of(self, owner: str, wizard: str) -> DraftQuerySet:
        """What an owner has begun in one journey and not sent, the last touched first."""
        return self.live().filter(owner=owner, wizard=wizard, submitted_at__isnull=True).order_by("-updated_at")

    def expired(self) -> DraftQuerySet:
        return self.filter(expires_at__lte=timezone.now())


class Draft(models.Model):
    """The answers of one journey. They live here, not in the session: nothing is lost with a browser."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wizard = models.CharField(_("parcours"), max_length=40)
    desk = models.ForeignKey(Desk, models.CASCADE, related_name="+", verbose_name=_("guichet"))
    # Empty: the browser sessions that hold its id. Otherwise whoever signs in as this owner, such as « member:12 ».
    owner = models.CharField(_("personne"), max_length=40, blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    # {step: {field: [values as typed]}}, or {step: [{field: [values]}, …]} for a step that collects several.
    answers = models.JSONField(_("réponses"), default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField(default=draft_end, db_index=True)
    submitted_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    result = models.CharField(_("dossier créé"), max_length=40, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("brouillon")
        verbose_name_plural = _("brouillons")
        indexes: ClassVar = [
            models.Index(fields=["owner", "-updated_at"], name="draft_of_owner", condition=~Q(owner="")),
        ]

    def __str__(self) -> str:
        return f"{self.wizard} {self.id}"

    @cached_property
    def read_forms(self) -> dict[str, tuple[Any, Any]]:
        """By step, the answers that were read and the form made of them; see `Step.stored`. Lives with this object."""
        return {}

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What an app has read for this draft, under names of its own. Lives with this object."""
        return {}

    def take_forms_of(self, seen: Draft) -> None:
        """Spare validating again what this very request has validated a moment ago: the same answers to the same
        questions. An answer that changed since, in another tab, is read afresh. A draft stays with its desk."""
        self.desk = seen.desk
        for step, typed in seen.answers.items():
            if self.answers.get(step) == typed and step in seen.read_forms:
                self.answers[step] = typed
                self.read_forms[step] = seen.read_forms[step]


class DraftDocument(models.Model):
    """A document joined to a draft, waiting for the case that will claim it."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="documents")
    document = models.OneToOneField(Document, models.CASCADE, related_name="+")
    kind = models.CharField(_("nature"), max_length=20)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("pièce d’un brouillon")
        verbose_name_plural = _("pièces des brouillons")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.document.label


# What every page of a journey reads.
live_draft = CompiledQuery(lambda pk, now: Draft.objects.live(now).filter(pk=pk), pk=uuid.UUID, now=datetime)
# Its row alone: whoever locks it has just read the rest.
draft_for_update = CompiledQuery(lambda pk: Draft.objects.select_for_update().filter(pk=pk), pk=uuid.UUID)
joined_documents = CompiledQuery(
    lambda draft: DraftDocument.objects.select_related("document").filter(draft=draft), draft=uuid.UUID
)
