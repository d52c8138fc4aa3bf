"""Who signs in, what was tried too often, and the links sent by e-mail that open something."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from .sealing import seal, unseal
from .sign_in import sign_in_name

SEE_ORGANISATION = "accounts.see_organisation"


class AuditIsFinal(Exception):
    """A line of the audit log is written once, and stays."""


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

    # Raised to end every session of this person at once.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        permissions: ClassVar = [("see_organisation", _("Peut voir tous les guichets de ses organisations"))]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_session_auth_hash(self) -> str:
        """What a session must know to count: it changes with the password, and when sessions are ended."""
        return self._of_these_sessions(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        yield from map(self._of_these_sessions, super().get_session_auth_fallback_hash())

    def _of_these_sessions(self, proof: str) -> str:
        return f"{self.sessions_ended}:{proof}" if self.sessions_ended else proof

    def desk_ids(self) -> list[int]:
        """The desks whose cases this person may see: their own, or with that right all of the same organisations."""
        if self.has_perm(SEE_ORGANISATION):
            around = self.desks.model._default_manager.filter(organisation__desks__agents=self)
            return list(around.order_by().values_list("pk", flat=True).distinct())
        return list(self.desks.order_by().values_list("pk", flat=True))

    @cached_property
    def own_desk_ids(self) -> frozenset[int]:
        """Return `desk_ids()`, read once for the pages of settings, which ask for it many times."""
        return frozenset(self.desk_ids())

    @cached_property
    def own_organisation_ids(self) -> frozenset[int]:
        """Return the keys of the organisations of these desks."""
        desks = self.desks.model._default_manager.filter(pk__in=self.own_desk_ids)
        return frozenset(desks.order_by().values_list("organisation", flat=True))


class RecoveryCode(models.Model):
    """A code for the day the telephone is lost: one use. Only a keyed hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("code de secours")
        verbose_name_plural = _("codes de secours")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return self.code_hash[:8]


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


class OneTimeCode(models.Model):
    """A code sent by SMS: one purpose, one subject, few tries, an end. Only a keyed hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("code à usage unique")
        verbose_name_plural = _("codes à usage unique")
        indexes: ClassVar = [
            models.Index(fields=["purpose", "subject"], name="code_live", condition=Q(used_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.purpose} → {self.expires_at:%Y-%m-%d %H:%M}"

    def hash_of(self, code: str) -> str:
        """Bound to its request: the same digits sent to somebody else have another hash."""
        return salted_hmac("accounts.code", f"{self.pk}:{code}", algorithm="sha256").hexdigest()


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User) -> AuditQuerySet:
        """What happened at the desks this person may see, and what colleagues there did; all for a superuser."""
        if user.is_superuser:
            return self
        desks = user.desk_ids()
        return self.filter(Q(desk__in=desks) | Q(desk=None, user__in=User.objects.filter(desks__in=desks)))

    def update(self, **values: Any) -> NoReturn:
        raise AuditIsFinal

    def bulk_update(self, *args: Any, **values: Any) -> NoReturn:
        raise AuditIsFinal

    def delete(self) -> NoReturn:
        raise AuditIsFinal


class AuditEntry(models.Model):
    """Who read, exported or changed what, and when. `accounts.audit.record` writes; PostgreSQL refuses the rest."""

    class Action(models.TextChoices):
        CASE_OPENED = "case-opened", _("Dossier ouvert")
        CASE_PRINTED = "case-printed", _("Dossier imprimé")
        LETTER_PRINTED = "letter-printed", _("Courrier imprimé")
        REQUEST_OPENED = "request-opened", _("Demande de suivi ouverte")
        DOCUMENT_READ = "document-read", _("Document lu")
        EXPORTED = "exported", _("Données exportées")
        IMPORTED = "imported", _("Données importées")
        SIGNED_IN = "signed-in", _("Connexion")
        SIGN_IN_REFUSED = "sign-in-refused", _("Connexion refusée")
        FACTOR_ENROLLED = "factor-enrolled", _("Second facteur activé")
        FACTOR_PASSED = "factor-passed", _("Second facteur donné")
        FACTOR_REFUSED = "factor-refused", _("Second facteur refusé")
        FACTOR_RESET = "factor-reset", _("Second facteur réinitialisé")
        CODES_RENEWED = "codes-renewed", _("Codes de secours renouvelés")
        ROLE_CHANGED = "role-changed", _("Droits modifiés")
        ACCOUNT_CHANGED = "account-changed", _("Compte modifié")
        PASSWORD_CHANGED = "password-changed", _("Mot de passe modifié")
        DISPOSAL_PROPOSED = "disposal-proposed", _("Suppression de dossiers proposée")
        DISPOSAL_APPROVED = "disposal-approved", _("Suppression de dossiers approuvée")
        RIGHTS_ANSWERED = "rights-answered", _("Réponse à une demande sur des données")
        DISPOSAL_REFUSED = "disposal-refused", _("Suppression de dossiers refusée")
        ACCOUNT_RETURNED = "account-returned", _("Compte rendu à l’adhérent")
        MEMBER_CHANGED = "member-changed", _("RIB, CIN, naissance ou droits modifiés")
        CHANGE_DISPUTED = "change-disputed", _("Changement contesté par l’adhérent")
        CHANGE_RELEASED = "change-released", _("Règlements libérés")
        APPROVAL_CANCELLED = "approval-cancelled", _("Accord préalable annulé")

    at = models.DateTimeField(_("le"), auto_now_add=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compte"))
    action = models.CharField(_("action"), max_length=20, choices=Action)
    object_type = models.CharField(_("nature de l’objet"), max_length=60, blank=True)  # « app.model »
    object_id = models.CharField(_("clé de l’objet"), max_length=40, blank=True)
    reference = models.CharField(_("référence"), max_length=60, blank=True)
    desk = models.ForeignKey(
        "organisations.Desk", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("guichet")
    )
    address = models.GenericIPAddressField(_("adresse réseau"), null=True, blank=True)
    details = models.JSONField(_("précisions"), default=dict, blank=True)  # never anything personal

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("journal des accès")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="audit_recent"),
            models.Index(fields=["user", "-at", "-id"], name="audit_user"),
            models.Index(fields=["action", "-at", "-id"], name="audit_action"),
            models.Index(fields=["object_type", "object_id", "-at", "-id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.reference}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AuditIsFinal
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AuditIsFinal


class Authenticator(TOTPDevice):
    """The device of a second factor, whose key the database holds sealed (`accounts/sealing.py`)."""

    sealed_under = ""  # the secret key with which it is read: the present one, unless an older one is being tried

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("application d’authentification")
        verbose_name_plural = _("applications d’authentification")

    @property
    def bin_key(self) -> bytes:
        return unseal(sealed=self.key, under=self.sealed_under or settings.SECRET_KEY)

    def verify_token(self, token: str) -> bool:
        """Whether this is the code of the moment. A key sealed under a former secret key is sealed anew when it is."""
        for under in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            self.sealed_under = under
            if super().verify_token(token):
                if under != settings.SECRET_KEY:
                    self.key = seal(secret=self.bin_key, under=settings.SECRET_KEY)
                    self.save(update_fields=["key"])
                self.sealed_under = ""
                return True
        self.sealed_under = ""
        return False
