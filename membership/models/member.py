"""Who is covered: the member, their family in charge, and the account with which they come in."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from claims_portal.accounts.models import User
from claims_portal.organisations.models import LegalText

from .policy import Policy


def rights_on(day: date) -> Q:
    """Rows whose rights are open on a day."""
    return Q(rights_from__lte=day) & (Q(rights_to__isnull=True) | Q(rights_to__gte=day))


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: Any) -> MemberQuerySet:
        """Members of the policies whose desk this member of staff sees; all for a superuser."""
        return self if user.is_superuser else self.filter(policy__desk__in=user.desk_ids())


class Member(models.Model):
    """A person insured by a group policy in their own name (rows D9, D20)."""

    class Payment(models.TextChoices):
        TRANSFER = "transfer", _("Virement")
        CHEQUE = "cheque", _("Chèque")
        SUBSCRIBER = "subscriber", _("Par l’employeur")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="members", verbose_name=_("police"))
    number = models.CharField(_("numéro d’adhérent"), max_length=20)  # DRPP, SOM, matricule…
    cin = models.CharField(_("CIN"), max_length=12)
    last_name = models.CharField(_("nom"), max_length=80)
    first_name = models.CharField(_("prénom"), max_length=80)
    birth_date = models.DateField(_("date de naissance"))
    rib = models.CharField(_("RIB"), max_length=24, blank=True)
    payment = models.CharField(_("mode de remboursement"), max_length=12, choices=Payment, default=Payment.TRANSFER)
    rights_from = models.DateField(_("droits ouverts du"))
    rights_to = models.DateField(_("droits ouverts jusqu’au"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("adhérent")
        verbose_name_plural = _("adhérents")
        ordering: ClassVar = ["policy", "number"]
        permissions = [("import_members", _("Peut importer des listes d’adhérents"))]
        constraints: ClassVar = [models.UniqueConstraint(fields=["policy", "number"], name="member_number_once")]
        indexes: ClassVar = [models.Index(fields=["cin"], name="member_cin")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def has_rights_on(self, day: date) -> bool:
        return self.rights_from <= day and (self.rights_to is None or day <= self.rights_to)


class MemberImport(models.Model):
    """A list read and shown to a member of staff, until they take it in or leave it."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="+", verbose_name=_("police"))
    table = models.JSONField(default=list)  # lines of texts, the headings first; emptied once taken in
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("par"))
    made_at = models.DateTimeField(_("le"), auto_now_add=True)
    applied_at = models.DateTimeField(_("prise en compte le"), null=True, blank=True)

    class Meta:
        verbose_name = _("liste d’adhérents")
        verbose_name_plural = _("listes d’adhérents")

    def __str__(self) -> str:
        return f"{self.policy} · {self.made_at:%Y-%m-%d %H:%M}"


class Beneficiary(models.Model):
    """A person of the member's family in charge (rows D104–D106). The member is not one of them."""

    class Relation(models.TextChoices):
        SPOUSE = "spouse", _("Conjoint")
        CHILD = "child", _("Enfant")

    member = models.ForeignKey(Member, models.CASCADE, related_name="beneficiaries", verbose_name=_("adhérent"))
    relation = models.CharField(_("lien"), max_length=10, choices=Relation)
    last_name = models.CharField(_("nom"), max_length=80)
    first_name = models.CharField(_("prénom"), max_length=80)
    birth_date = models.DateField(_("date de naissance"))
    rights_from = models.DateField(_("droits ouverts du"))
    rights_to = models.DateField(_("droits ouverts jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("bénéficiaire")
        verbose_name_plural = _("bénéficiaires")
        ordering: ClassVar = ["-relation", "birth_date", "id"]  # the spouse first
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "relation", "first_name", "last_name", "birth_date"], name="beneficiary_once"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def has_rights_on(self, day: date) -> bool:
        return self.rights_from <= day and (self.rights_to is None or day <= self.rights_to)


class MemberAccount(models.Model):
    """How a member comes in: terms accepted, password, verified mobile and e-mail. Made at the first sign-in."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="account", verbose_name=_("adhérent"))
    password = models.CharField(max_length=128, blank=True)  # a hash; blank until the first file is sent (row D66)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    terms = models.ForeignKey(LegalText, models.PROTECT, related_name="+", null=True, blank=True)
    terms_accepted_at = models.DateTimeField(_("conditions acceptées le"), null=True, blank=True)
    certified_at = models.DateTimeField(_("étape 1 : règles approuvées le"), null=True, blank=True)
    mobile = PhoneNumberField(_("mobile vérifié"), blank=True)
    email = models.EmailField(_("e-mail vérifié"), blank=True)
    # Given at steps 2 and 4, not yet proved: they become the verified ones.
    pending_mobile = PhoneNumberField(blank=True)
    pending_email = models.EmailField(blank=True)
    email_asked_at = models.DateTimeField(null=True, blank=True)  # « Suivi dossiers » shows from here on (row D39)
    activated_at = models.DateTimeField(_("déclaration en ligne activée le"), null=True, blank=True)
    # Both identity papers are accepted (`health_claims.services.papers`). Until then whoever is here knows a number
    # and a CIN, and has a telephone: nothing that the insurer knew before is shown to them.
    identity_checked_at = models.DateTimeField(_("identité vérifiée le"), null=True, blank=True, editable=False)
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)  # raised to end every session at once
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("compte adhérent")
        verbose_name_plural = _("comptes adhérents")
        permissions = [("give_back_account", _("Peut rendre un compte à l’adhérent"))]

    def __str__(self) -> str:
        return str(self.member)

    @property
    def is_activated(self) -> bool:
        return self.activated_at is not None

    @property
    def is_checked(self) -> bool:
        return self.identity_checked_at is not None

    @property
    def is_untouched(self) -> bool:
        """Nobody has accepted, given or proved anything yet: there is only the number and the CIN."""
        given = (self.password, self.mobile, self.email, self.pending_mobile, self.pending_email)
        return not any(given) and self.terms_accepted_at is None and self.certified_at is None

    def set_password(self, raw: str) -> None:
        self.password = make_password(raw)

    def check_password(self, raw: str) -> bool:
        return bool(self.password) and check_password(raw, self.password)

    def session_proof(self) -> str:
        """What a session must know to count: it changes with the password, and when sessions are ended."""
        return salted_hmac("membership.session", f"{self.pk}:{self.password}:{self.sessions_ended}").hexdigest()


class KnownBrowser(models.Model):
    """A browser in which a code sent by SMS was given: it is not asked again there for a while."""

    account = models.ForeignKey(MemberAccount, models.CASCADE, related_name="browsers")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("navigateur connu")
        verbose_name_plural = _("navigateurs connus")

    def __str__(self) -> str:
        return self.token_hash[:8]

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(f"browser:{token}".encode()).hexdigest()
