"""A group health contract and what it guarantees: dated rows that staff edit, never code."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_portal.organisations.models import Desk, Organisation
from claims_portal.translated import Translated
from membership.numbers import is_plain

PERCENT = [MinValueValidator(0), MaxValueValidator(1000)]


class BaseRegime(models.Model):
    """The compulsory cover a policy completes (AMO), with its own tariff; data, for laws move (DOMAIN §3)."""

    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    name = Translated()

    class Meta:
        verbose_name = _("régime de base")
        verbose_name_plural = _("régimes de base")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class PolicyQuerySet(models.QuerySet["Policy"]):
    def open(self) -> PolicyQuerySet:
        """Policies whose members may sign in."""
        return self.filter(is_open=True, organisation__is_active=True).select_related("organisation", "desk")


class Policy(models.Model):
    """A group contract between an insurer and a subscriber (rows D7, D8)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="policies", verbose_name=_("assureur"))
    desk = models.ForeignKey(
        Desk, models.PROTECT, related_name="+", verbose_name=_("guichet qui traite les déclarations")
    )
    complaint_desk = models.ForeignKey(
        Desk,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("guichet des réclamations"),
        help_text=_("Là où arrive la contestation d’une ligne de décompte."),
    )
    base_regime = models.ForeignKey(
        BaseRegime, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("régime de base")
    )
    number = models.CharField(_("numéro de police"), max_length=40, unique=True)
    subscriber_fr = models.CharField(_("souscripteur (fr)"), max_length=200)
    subscriber_ar = models.CharField(_("souscripteur (ar)"), max_length=200, blank=True)
    member_number_label_fr = models.CharField(_("nom du numéro d’adhérent (fr)"), max_length=40, default="DRPP")
    member_number_label_ar = models.CharField(_("nom du numéro d’adhérent (ar)"), max_length=40, blank=True)
    member_number_pattern = models.CharField(
        _("forme du numéro d’adhérent"),
        max_length=80,
        default=r"[0-9]{4,10}",
        help_text=_("Expression régulière du numéro entier."),
    )
    card_name_fr = models.CharField(_("carte d’adhésion (fr)"), max_length=120, default="Carte d’adhésion")
    card_name_ar = models.CharField(_("carte d’adhésion (ar)"), max_length=120, blank=True)
    other_site_name = models.CharField(_("autre site : intitulé"), max_length=120, blank=True)
    other_site_url = models.URLField(_("autre site : adresse"), blank=True)
    rib_hold_days = models.PositiveSmallIntegerField(
        _("attente après un changement de RIB (jours)"),
        default=3,
        validators=[MaxValueValidator(90)],
        help_text=_("Aucun règlement ne part sur un nouveau RIB avant ce nombre de jours."),
    )
    rib_hold_source = models.CharField(
        _("origine de cette attente"), max_length=200, blank=True, default="Choix de l’assureur"
    )
    is_open = models.BooleanField(_("espace adhérent ouvert"), default=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    source = models.CharField(_("source"), max_length=200, blank=True)

    subscriber = Translated()
    member_number_label = Translated()
    card_name = Translated()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("police")
        verbose_name_plural = _("polices")
        ordering: ClassVar = ["position", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.subscriber}"

    def clean(self) -> None:
        """Refuse the shape of a number that would not be applied (`membership.numbers`)."""
        if not is_plain(self.member_number_pattern):
            sentence = _(
                "Écrivez des caractères ou des ensembles, chacun avec son nombre, comme [0-9]{4,10} "
                "ou [A-Z][0-9]{6} : cette expression ne peut pas être appliquée."
            )
            raise ValidationError({"member_number_pattern": sentence})


class Prestation(models.Model):
    """A kind of care a file may be about: optics, MRI, normal delivery… (rows D76–D87)."""

    class DateHelp(models.TextChoices):
        """What the date of a file is (rows D110–D112)."""

        CONSULTATION = "consultation", _("Date de consultation")
        ADMISSION = "admission", _("Date d’entrée")
        HALF_YEAR = "half-year", _("Date d’exécution du semestre")

    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120, blank=True)
    drawing = models.SlugField(_("dessin"), help_text=_("Nom d’un dessin du portail."))
    date_help = models.CharField(_("date demandée"), max_length=20, choices=DateHelp, default=DateHelp.CONSULTATION)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    name = Translated()

    class Meta:
        verbose_name = _("prestation")
        verbose_name_plural = _("prestations")
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)


class GuaranteeQuerySet(models.QuerySet["Guarantee"]):
    def on(self, day: date) -> GuaranteeQuerySet:
        """What is guaranteed on a day: of each policy and prestation the newest version, unless it has ended."""
        begun = self.filter(valid_from__lte=day).order_by("policy_id", "prestation_id", "-valid_from")
        newest = begun.distinct("policy_id", "prestation_id").values("pk")
        still = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        return self.filter(still, pk__in=newest).select_related("prestation").order_by("prestation__position")


class Guarantee(models.Model):
    """What a policy pays for a prestation from a day on. A change of rule is a new row, never an edit of the past.

    The modes and the order of the cuts are those of DOMAIN §4; amounts in the policy's currency (MAD).
    """

    class Mode(models.TextChoices):
        CO_PAYMENT = "co-payment", _("Part du ticket modérateur (BR − R1)")
        ACTUAL_COST = "actual-cost", _("Part des frais réels, moins le régime de base")
        REMAINDER = "remainder", _("Part du reste à charge (FE − R1)")
        TARIFF = "tariff", _("Jusqu’à un pourcentage du tarif, moins le régime de base")
        FLAT = "flat", _("Forfait")

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="guarantees", verbose_name=_("police"))
    prestation = models.ForeignKey(Prestation, models.PROTECT, related_name="guarantees", verbose_name=_("prestation"))
    valid_from = models.DateField(_("valable du"))
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    mode = models.CharField(_("calcul"), max_length=20, choices=Mode)
    rate = models.DecimalField(_("taux (%)"), max_digits=6, decimal_places=2, default=100, validators=PERCENT)
    flat_amount = models.DecimalField(_("forfait"), max_digits=10, decimal_places=2, null=True, blank=True)
    declaration_days = models.PositiveSmallIntegerField(
        _("délai de déclaration (jours)"), null=True, blank=True, help_text=_("Après la date des soins. Vide : aucun.")
    )
    waiting_days = models.PositiveSmallIntegerField(
        _("carence (jours)"), default=0, help_text=_("Après l’ouverture des droits de la personne.")
    )
    frequency_months = models.PositiveSmallIntegerField(
        _("fréquence (mois)"),
        null=True,
        blank=True,
        help_text=_("Une fois au plus pendant cette durée. Vide : aucune."),
    )
    times_max = models.PositiveSmallIntegerField(_("nombre de fois au plus"), null=True, blank=True)
    begun_before_age = models.PositiveSmallIntegerField(_("commencé avant l’âge de"), null=True, blank=True)
    needs_prior_approval = models.BooleanField(_("accord préalable"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = GuaranteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("garantie")
        verbose_name_plural = _("garanties")
        ordering: ClassVar = ["policy", "prestation", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "prestation", "valid_from"], name="guarantee_version"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="guarantee_ends_after_it_begins",
                violation_error_message=_("La fin suit le début."),
            ),
            models.CheckConstraint(
                condition=~Q(mode="flat") | Q(flat_amount__isnull=False),
                name="guarantee_flat_has_an_amount",
                violation_error_message=_("Un forfait a un montant."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prestation} · {self.valid_from:%d/%m/%Y}"


class RequiredPiece(models.Model):
    """A piece asked for with a file of one prestation (rows D90–D94)."""

    guarantee = models.ForeignKey(Guarantee, models.CASCADE, related_name="pieces", verbose_name=_("garantie"))
    text_fr = models.CharField(_("pièce (fr)"), max_length=300)
    text_ar = models.CharField(_("pièce (ar)"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    text = Translated()

    class Meta:
        verbose_name = _("pièce demandée")
        verbose_name_plural = _("pièces demandées")
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return str(self.text)


class Ceiling(models.Model):
    """The most that is paid over a period; cuts are made in the order of `position` (DOMAIN §4)."""

    class Scope(models.TextChoices):
        ACT = "act", _("Par acte")
        PRESTATION = "prestation", _("Par prestation et par personne")
        PERSON = "person", _("Toutes prestations, par personne")
        FAMILY = "family", _("Toutes prestations, adhérent et famille ensemble")

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="ceilings", verbose_name=_("police"))
    prestation = models.ForeignKey(
        Prestation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("prestation")
    )
    scope = models.CharField(_("portée"), max_length=12, choices=Scope)
    amount = models.DecimalField(_("montant"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    period_months = models.PositiveSmallIntegerField(
        _("période (mois)"), null=True, blank=True, help_text=_("12 : l’année civile. Vide : par acte, sans période.")
    )
    valid_from = models.DateField(_("valable du"))
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre d’application"), default=0)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("plafond")
        verbose_name_plural = _("plafonds")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope__in=["person", "family"]) | Q(prestation__isnull=False),
                name="ceiling_names_its_prestation",
                violation_error_message=_("Choisissez la prestation de ce plafond."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} : {self.amount}"


class Deductible(models.Model):
    """A « franchise »: what stays with the person before anything is paid, a year and a person."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="deductibles", verbose_name=_("police"))
    prestation = models.ForeignKey(
        Prestation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("prestation")
    )
    amount = models.DecimalField(_("montant"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    valid_from = models.DateField(_("valable du"))
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("franchise")
        verbose_name_plural = _("franchises")
        ordering: ClassVar = ["policy", "id"]

    def __str__(self) -> str:
        return str(self.amount)


class KeyLetter(models.Model):
    """The value of a key letter (C, Cs, K, Z…) or of a flat act in the tariff of a base regime, from a day on."""

    regime = models.ForeignKey(BaseRegime, models.CASCADE, related_name="letters", verbose_name=_("régime"))
    letter = models.CharField(_("lettre clé"), max_length=20, validators=[RegexValidator(r"^[A-Za-z][A-Za-z0-9 -]*$")])
    name_fr = models.CharField(_("acte (fr)"), max_length=160)
    name_ar = models.CharField(_("acte (ar)"), max_length=160, blank=True)
    value = models.DecimalField(_("valeur"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    rate = models.DecimalField(
        _("taux de base (%)"),
        max_digits=5,
        decimal_places=2,
        validators=PERCENT,
        help_text=_("Ce que le régime rembourse."),
    )
    valid_from = models.DateField(_("valable du"))
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    is_in_force = models.BooleanField(
        _("en vigueur"),
        default=True,
        help_text=_("Décoché : signé mais pas encore appliqué, n’entre dans aucun calcul."),
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    name = Translated()

    class Meta:
        verbose_name = _("valeur de lettre clé")
        verbose_name_plural = _("valeurs des lettres clés")
        ordering: ClassVar = ["regime", "letter", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["regime", "letter", "valid_from"], name="key_letter_version"),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.value}"


class DepositPoint(models.Model):
    """Where a file may be handed in on paper (row D40)."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="deposit_points", verbose_name=_("police"))
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    address_fr = models.TextField(_("adresse (fr)"))
    address_ar = models.TextField(_("adresse (ar)"), blank=True)
    city_fr = models.CharField(_("ville (fr)"), max_length=80)
    city_ar = models.CharField(_("ville (ar)"), max_length=80, blank=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    hours_fr = models.TextField(_("horaires (fr)"), blank=True)
    hours_ar = models.TextField(_("horaires (ar)"), blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    name = Translated()
    address = Translated()
    city = Translated()
    hours = Translated()

    class Meta:
        verbose_name = _("point de dépôt")
        verbose_name_plural = _("points de dépôt")
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return str(self.name)


class PracticalText(models.Model):
    """A text of « Téléchargement » or « Données pratiques » for a policy, with a file to take away if there is one."""

    class Page(models.TextChoices):
        DOWNLOADS = "downloads", _("Téléchargement")
        PRACTICAL = "practical", _("Données pratiques")

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="texts", verbose_name=_("police"))
    page = models.CharField(_("page"), max_length=12, choices=Page)
    title_fr = models.CharField(_("titre (fr)"), max_length=200)
    title_ar = models.CharField(_("titre (ar)"), max_length=200, blank=True)
    body_fr = models.TextField(_("texte (fr)"), blank=True)
    body_ar = models.TextField(_("texte (ar)"), blank=True)
    document = models.OneToOneField(
        "documents.Document", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("fichier")
    )
    is_public = models.BooleanField(_("visible sans se connecter"), default=False)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    title = Translated()
    body = Translated()

    class Meta:
        verbose_name = _("texte pratique")
        verbose_name_plural = _("textes pratiques")
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return str(self.title)
