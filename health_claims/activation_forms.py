"""What is typed in the six steps of activation. Nothing here writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims_portal.identifiers import EmailAddressField, MobileField
from membership.models import MemberAccount


class RulesForm(forms.Form):
    approved = forms.BooleanField(
        label=_("J’ai lu et approuvé les règles du contrat au dessus"),
        error_messages={"required": _("Cochez cette case pour continuer.")},
    )


class MobileForm(forms.Form):
    """The mobile that receives the codes; « 06… » is a number of the country of the member's organisation."""

    mobile = MobileField(
        label=_("Numéro de GSM"),
        help_text=_("Un téléphone portable : les numéros de téléphone fixe ne sont pas admis."),
    )

    def __init__(self, *args: Any, account: MemberAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mobile"].region = account.member.policy.organisation.country  # type: ignore[attr-defined]


class EmailForm(forms.Form):
    email = EmailAddressField(
        label=pgettext_lazy("activation", "Email"), help_text=_("Nous y envoyons le lien qui active la déclaration.")
    )
