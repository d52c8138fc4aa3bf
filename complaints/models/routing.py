"""Who gets a new case: rules that staff write, read in their order (F22)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk
from complaints.workflow import HANDLE

from .case import Channel
from .procedure import Category


class Team(models.Model):
    """Some agents of a desk, among whom cases are shared out."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="teams", verbose_name=_("guichet"))
    name = models.CharField(_("nom"), max_length=80)
    members = models.ManyToManyField(User, related_name="+", verbose_name=_("agents"))

    class Meta:
        verbose_name = _("équipe")
        verbose_name_plural = _("équipes")
        ordering = ["desk", "name"]
        constraints = [models.UniqueConstraint(fields=["desk", "name"], name="one_team_a_name")]

    def __str__(self) -> str:
        return self.name


class AssignmentRule(models.Model):
    """« Such cases go to them. » A condition left empty is met by every case; the first rule that fits is followed."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="assignment_rules", verbose_name=_("guichet"))
    name = models.CharField(_("nom"), max_length=80)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("suivie"), default=True)
    category = models.ForeignKey(
        Category, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("catégorie")
    )
    channel = models.CharField(_("canal"), max_length=10, choices=Channel, blank=True)
    language = models.CharField(
        _("langue"), max_length=2, choices=[("fr", _("Français")), ("ar", _("Arabe"))], blank=True
    )
    words = models.CharField(
        _("mots dans le récit"),
        max_length=300,
        blank=True,
        help_text=_("L’un d’eux suffit. Séparez-les par des virgules ; accents et majuscules ne comptent pas."),
    )
    agent = models.ForeignKey(User, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("agent"))
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("équipe"),
        help_text=_("Le dossier va à qui, dans l’équipe, a le moins de dossiers ouverts."),
    )

    class Meta:
        verbose_name = _("règle d’attribution")
        verbose_name_plural = _("règles d’attribution")
        ordering = ["desk", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__isnull=False, team__isnull=True) | Q(agent__isnull=True, team__isnull=False),
                name="rule_names_an_agent_or_a_team",
                violation_error_message=_("Choisissez un agent ou une équipe, l’un des deux seulement."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Everything a rule names belongs to its desk."""
        if self.desk_id is None:
            return
        if self.category is not None and self.category.desk_id != self.desk_id:
            raise ValidationError({"category": _("Cette catégorie n’est pas de ce guichet.")})
        if self.team is not None and self.team.desk_id != self.desk_id:
            raise ValidationError({"team": _("Cette équipe n’est pas de ce guichet.")})
        if self.agent is not None and not self.agent.desks.filter(pk=self.desk_id).exists():
            raise ValidationError({"agent": _("Cette personne ne travaille pas à ce guichet.")})
        if self.agent is not None and not self.agent.has_perm(HANDLE):
            raise ValidationError({"agent": _("Cette personne ne traite pas les réclamations.")})
