"""Other bodies to which a complaint is sent on, and what was sent (F24)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.organisations.models import Organisation
from claims_portal.translated import Translated

from .case import Complaint
from .history import Event


class Recipient(models.Model):
    """A line of an organisation's address book: who treats what it does not treat itself."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="recipients", verbose_name=_("organisation")
    )
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    treats_fr = models.CharField(_("ce qu’il traite (fr)"), max_length=300)
    treats_ar = models.CharField(_("ce qu’il traite (ar)"), max_length=300, blank=True)
    postal_address_fr = models.TextField(_("adresse postale (fr)"))
    postal_address_ar = models.TextField(_("adresse postale (ar)"), blank=True)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("proposé"), default=True)

    name = Translated()
    treats = Translated()
    postal_address = Translated()

    class Meta:
        verbose_name = _("autre organisme")
        verbose_name_plural = _("carnet d’adresses")
        ordering = ["position", "name_fr"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name_fr"], name="one_recipient_a_name")]

    def __str__(self) -> str:
        return str(self.name)


class Referral(models.Model):
    """A complaint sent on to another body; its letter is drawn from here."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="referrals")
    event = models.OneToOneField(Event, models.PROTECT, related_name="referral")
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("transmission à un autre organisme")
        verbose_name_plural = _("transmissions à d’autres organismes")

    def __str__(self) -> str:
        return f"{self.complaint} → {self.recipient}"
