"""Calendars, their exceptions, and the delays of each procedure: data, never constants (row C37, E6–E122)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, time
from zoneinfo import available_timezones

import holidays
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims_portal.translated import Translated

MIDNIGHT = time(0, 0)
LONGEST_AMOUNT = 2000


def monday_to_friday() -> list[int]:
    """Return the usual week, as ISO weekday numbers."""
    return [1, 2, 3, 4, 5]


def validate_weekdays(weekdays: list[int]) -> None:
    """ValidationError unless these are one to seven different ISO weekday numbers."""
    if not weekdays or len(set(weekdays)) != len(weekdays) or not set(weekdays) <= set(range(1, 8)):
        raise ValidationError(_("Choisissez au moins un jour travaillé, de 1 (lundi) à 7 (dimanche)."))


def validate_country(country: str) -> None:
    """ValidationError unless the public holidays of this ISO country are known."""
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise ValidationError(_("Les jours fériés de ce pays ne sont pas connus : laissez vide et saisissez-les."))


def validate_time_zone(name: str) -> None:
    """ValidationError unless the name is one of the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(_("Ce fuseau horaire est inconnu. Exemple : Africa/Casablanca."))


class Calendar(models.Model):
    """The days and hours during which somebody works, in one time zone."""

    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120, blank=True)
    country = models.CharField(
        _("pays des jours fériés"),
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text=_("Code ISO, par exemple MA ou FR. Vide : aucun jour férié, hors ceux saisis ci-dessous."),
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("jours travaillés"),
        default=monday_to_friday,
        validators=[validate_weekdays],
    )
    opens_at = models.TimeField(_("ouverture"), default=MIDNIGHT)
    closes_at = models.TimeField(
        _("fermeture"), default=MIDNIGHT, help_text=_("00:00 signifie minuit, à la fin de la journée.")
    )
    time_zone = models.CharField(
        _("fuseau horaire"), max_length=40, default="Africa/Casablanca", validators=[validate_time_zone]
    )

    name = Translated()

    class Meta:
        verbose_name = _("calendrier")
        verbose_name_plural = _("calendriers")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__len__range=(1, 7)) & Q(weekdays__contained_by=list(range(1, 8))),
                name="calendar_has_working_days",
                violation_error_message=_("Choisissez au moins un jour travaillé."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at=MIDNIGHT) | Q(closes_at__gt=F("opens_at")),
                name="calendar_closes_after_it_opens",
                violation_error_message=_("La fermeture doit suivre l’ouverture."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class HolidayOverride(models.Model):
    """What the organisation decided for one date; it wins over the public holidays and over the week.

    Islamic feasts are announced by sighting of the moon: the computed date may be a day early.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="overrides", verbose_name=_("calendrier"))
    date = models.DateField(_("date"))
    is_working = models.BooleanField(
        _("jour travaillé"), default=False, help_text=_("Cochez pour ouvrir ce jour, laissez vide pour le fermer.")
    )
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120, blank=True)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Décret, communiqué, note de service…")
    )

    name = Translated()

    class Meta:
        verbose_name = _("jour particulier")
        verbose_name_plural = _("jours particuliers")
        ordering = ["-date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="one_override_per_date")]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"

    def unique_error_message(self, model_class: type[models.Model], unique_check: Sequence[str]) -> ValidationError:
        """Of a date that its calendar knows already."""
        return ValidationError(
            _("Ce calendrier a déjà un jour particulier à cette date : ouvrez-le pour le changer."), code="unique"
        )


class DelayQuerySet(models.QuerySet["Delay"]):
    def with_calendar(self) -> DelayQuerySet:
        """Delays ready for `compute`, which reads their calendar."""
        return self.select_related("calendar")

    def in_force(self, on: date) -> DelayQuerySet:
        """Delays that apply to a case begun on this date."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )


class Delay(models.Model):
    """A promise in time: how much, counted how, on which calendar (rows C34, C37, E6, E31–E41, E59–E61, E122)."""

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("minutes")
        HOURS = "hours", _("heures")
        DAYS = "days", _("jours")
        MONTHS = "months", _("mois")

    class Counting(models.TextChoices):
        WALL_CLOCK = "wall-clock", _("heure par heure, jour et nuit")
        DESK_HOURS = "desk-hours", _("heures d’ouverture seulement")
        CALENDAR_DAYS = "calendar-days", _("tous les jours")
        WORKING_DAYS = "working-days", _("jours ouvrables seulement")

    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    amount = models.PositiveSmallIntegerField(
        _("durée"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_AMOUNT)]
    )
    unit = models.CharField(_("unité"), max_length=10, choices=Unit)
    counting = models.CharField(_("façon de compter"), max_length=20, choices=Counting)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="delays", verbose_name=_("calendrier"))
    extend_to_working_day = models.BooleanField(
        _("reporter au jour ouvrable suivant"),
        default=False,
        help_text=_("Une échéance qui tombe un jour non travaillé passe au premier jour travaillé suivant."),
    )
    source = models.CharField(_("source"), max_length=300, blank=True, help_text=_("Loi, charte, guide…"))
    valid_from = models.DateField(_("valable du"), null=True, blank=True)
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)

    name = Translated()

    objects = DelayQuerySet.as_manager()

    class Meta:
        verbose_name = _("délai")
        verbose_name_plural = _("délais")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__range=(1, LONGEST_AMOUNT)),
                name="delay_amount_in_range",
                violation_error_code="amount",
                violation_error_message=_("La durée doit être comprise entre 1 et 2 000."),
            ),
            models.CheckConstraint(
                condition=Q(unit__in=["minutes", "hours"], counting__in=["wall-clock", "desk-hours"])
                | Q(unit="days", counting__in=["calendar-days", "working-days"])
                | Q(unit="months", counting="calendar-days"),
                name="delay_unit_fits_counting",
                violation_error_code="unit",
                violation_error_message=_("Cette unité ne se compte pas de cette façon."),
            ),
            models.CheckConstraint(
                condition=Q(extend_to_working_day=False) | Q(unit__in=["days", "months"]),
                name="delay_extends_by_whole_days",
                violation_error_code="extend_to_working_day",
                violation_error_message=_("Seul un délai en jours ou en mois se reporte au jour ouvrable suivant."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="delay_validity_in_order",
                violation_error_code="valid_to",
                violation_error_message=_("La fin de validité doit suivre son début."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Check the rules of the table beside the field to change: a constraint names that field as its code."""
        try:
            super().validate_constraints(exclude)
        except ValidationError as refusal:
            rules = refusal.error_dict[NON_FIELD_ERRORS]
            raise ValidationError({str(rule.code): rule for rule in rules}) from None
