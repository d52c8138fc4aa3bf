"""The form of « continuer plus tard »."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_portal.identifiers import EmailAddressField


class ResumeForm(forms.Form):
    email = EmailAddressField(label=_("Votre adresse e-mail"), help_text=_("Nous y envoyons un lien, et rien d’autre."))
