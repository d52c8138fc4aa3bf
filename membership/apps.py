"""Membership: who is covered, by which policy, for what, and from when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipConfig(AppConfig):
    name = "membership"
    verbose_name = _("Contrats et adhérents")
