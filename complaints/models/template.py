"""Letters that agents begin from (F15). Rows that whoever keeps the procedures writes."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from claims_portal.organisations.models import Desk, Organisation
from claims_portal.translated import Translated
from complaints.placeholders import OF_AGENTS, unknown, waiting


class AnswerTemplateQuerySet(models.QuerySet["AnswerTemplate"]):
    def of_desk(self, desk: Desk) -> AnswerTemplateQuerySet:
        """Those in use that this desk may begin from: its own, its organisation's, and everybody's."""
        own = Q(organisation=desk.organisation_id) | Q(organisation=None)
        return self.filter(own, Q(desk=desk) | Q(desk=None), is_active=True)


class AnswerTemplate(models.Model):
    """A text with variables such as {nom}, in the person's language, for one action of the case page or one letter."""

    class Use(models.TextChoices):
        """The transition of the workflow it is written for, or the letter that leaves without an agent."""

        ACKNOWLEDGE = "acknowledge", _("Accuser réception")
        ASK_COMPLEMENT = "ask_complement", _("Demander un complément")
        MESSAGE = "message", _("Envoyer un message")
        ANSWER = "answer", _("Répondre")
        CLOSE = "close", _("Clôturer")
        LATE = "late", _("Courrier : réponse en retard")

    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("organisation"),
        help_text=_("Vide : pour toutes."),
    )
    desk = models.ForeignKey(
        Desk,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("guichet"),
        help_text=_("Vide : pour tous les guichets."),
    )
    code = models.SlugField(_("code"))
    title_fr = models.CharField(_("titre (fr)"), max_length=120)
    title_ar = models.CharField(_("titre (ar)"), max_length=120, blank=True)
    use = models.CharField(_("usage"), max_length=20, choices=Use)
    body_fr = models.TextField(_("texte (fr)"))
    body_ar = models.TextField(_("texte (ar)"), blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("proposé"), default=True)
    used = models.PositiveIntegerField(_("envois"), default=0, editable=False)

    title = Translated()

    objects = AnswerTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("modèle de texte")
        verbose_name_plural = _("modèles de texte")
        ordering = ["use", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "desk", "code"], name="one_template_a_code", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.title)

    def body(self, language: str) -> str:
        """The text in a language, in French where it is not translated yet."""
        return str((self.body_ar if language == "ar" else "") or self.body_fr)

    def clean(self) -> None:
        """A variable that nobody fills would reach the person as braces; a desk belongs to its organisation."""
        errors = {}
        for name in ("body_fr", "body_ar"):
            if wrong := unknown(getattr(self, name)):
                listed = ", ".join(f"{{{each}}}" for each in wrong)
                errors[name] = _now("Ces variables n’existent pas : %(names)s.") % {"names": listed}
            elif self.use == self.Use.LATE and set(OF_AGENTS).intersection(waiting(getattr(self, name))):
                errors[name] = _now("Ce courrier part sans agent : ôtez {agent} et {a_completer}.")
        if self.desk is not None and self.desk.organisation_id != self.organisation_id:
            errors["desk"] = _now("Ce guichet n’est pas celui de cette organisation.")
        if errors:
            raise ValidationError(errors)
