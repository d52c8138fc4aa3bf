"""Who signs in, what was tried too often, and the links sent by e-mail that open something."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from .sign_in import sign_in_name


class UserManager(BaseUserManager["User"]):
    """Accounts are named by their e-mail address, in lower case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of an address, in whatever capitals it was typed."""
        return super().get_by_natural_key(sign_in_name(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=sign_in_name(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **({"is_staff": True, "is_superuser": True} | fields))


class User(AbstractUser):
    """A person who signs in: today the staff of an organisation."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("adresse e-mail"), unique=True)
    desks = models.ManyToManyField("organisations.Desk", verbose_name=_("guichets"), blank=True, related_name="agents")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Throttle(models.Model):
    """How often something was tried in one window of time. PostgreSQL keeps it: a limit must hold without Redis."""

    key = models.CharField(max_length=64, primary_key=True)  # SHA-256 of scope, subject and window
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("compteur de limite")
        verbose_name_plural = _("compteurs de limites")

    def __str__(self) -> str:
        return f"{self.key[:8]} × {self.count}"


class MailLink(models.Model):
    """A link sent by e-mail: one purpose, one use, an end. Only the hash of its secret is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=254)  # an address or the id of what it opens
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("lien envoyé")
        verbose_name_plural = _("liens envoyés")

    def __str__(self) -> str:
        return f"{self.purpose} → {self.expires_at:%Y-%m-%d %H:%M}"

    @staticmethod
    def hash_of(purpose: str, token: str) -> str:
        """The purpose is part of the hash: a link for one thing opens nothing else."""
        return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()
