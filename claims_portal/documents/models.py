"""Private files and who opened them. Other apps link to Document from their own tables."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

STORAGE_PREFIX = "documents"


def random_name(document: Document, filename: str) -> str:
    """Where the bytes go: a folder for the day (UTC), which the nightly collector walks, and a random name.

    Of the person's file name nothing is kept here, of the given one only our own extension.
    """
    extension = filename.rpartition(".")[2]
    return f"{STORAGE_PREFIX}/{timezone.now():%Y-%m-%d}/{secrets.token_hex(16)}.{extension}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def pending(self) -> DocumentQuerySet:
        """Return the documents that wait for the antivirus, oldest first."""
        return self.filter(state=Document.State.PENDING).order_by("created_at")

    def unclaimed_before(self, moment: datetime) -> DocumentQuerySet:
        """Kept by no case: received before that moment, or whenever when a case let go of it."""
        return self.filter(Q(created_at__lt=moment) | Q(released_at__isnull=False), claimed_at=None)

    def linked_nowhere(self) -> DocumentQuerySet:
        """No row of another app points here: a draft that is still alive keeps its files, however old."""
        found = self
        for relation in Document._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ManyToOneRel) and relation.related_model is not DocumentReading:
                links = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
                found = found.filter(~Exists(links))
        return found


class Document(models.Model):
    """One file, as cleaned by us; `sha256` and `received_size` tell what the person sent."""

    class State(models.TextChoices):
        PENDING = "pending", _("en cours de vérification")
        CLEAN = "clean", _("vérifié")
        REFUSED = "refused", _("refusé")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(_("fichier"), upload_to=random_name, max_length=100)
    label = models.CharField(_("nom donné par la personne"), max_length=150)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("taille conservée (octets)"))
    received_size = models.PositiveIntegerField(_("taille reçue (octets)"))
    sha256 = models.CharField(_("empreinte SHA-256 du fichier reçu"), max_length=64)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State)
    advice = models.JSONField(_("conseils de lisibilité"), default=list, blank=True)
    created_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    claimed_at = models.DateTimeField(_("rattaché à un dossier le"), null=True, blank=True)
    released_at = models.DateTimeField(_("abandonné par son dossier le"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file"], name="documents_document_file_once"),
            models.CheckConstraint(
                condition=Q(state__in=("pending", "clean", "refused")), name="documents_document_state_known"
            ),
        ]
        # Both are small whatever the table's size: what waits for the antivirus, what no case kept.
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(state="pending"), name="documents_pending"),
            models.Index(fields=["created_at"], condition=Q(claimed_at=None), name="documents_unclaimed"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def storage_name(self) -> str:
        """Where the bytes are in the private storage."""
        return str(self.file.name)

    @property
    def extension(self) -> str:
        """Of what we keep, which is not always what was sent: jpg, png or pdf."""
        return self.storage_name.rpartition(".")[2]

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_clean(self) -> bool:
        return self.state == self.State.CLEAN


class DocumentReading(models.Model):
    """Somebody was given the bytes. Never changed, goes only with its document."""

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="readings", verbose_name=_("document")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("compte"),
    )
    reader = models.CharField(_("lecteur"), max_length=40)
    at = models.DateTimeField(_("le"), auto_now_add=True)

    class Meta:
        verbose_name = _("lecture de document")
        verbose_name_plural = _("lectures de documents")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.reader}, {self.at:%Y-%m-%d %H:%M}"
