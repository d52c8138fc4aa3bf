"""What is typed to come into the member space, and what is changed there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.identifiers import CinField, EmailAddressField, IdentifierField, MobileField, compact, digits

from .models import Member, Policy
from .numbers import LONGEST, well_formed
from .passwords import HELP, validate_password


class MemberNumberField(IdentifierField):
    """A DRPP, SOM or pay number; which shape is right depends on the policy."""

    numeric = False

    def normalise(self, text: str) -> str:
        number = compact(text)
        return number.upper() if number.isascii() else number


class CodeField(IdentifierField):
    """The six digits of an SMS."""

    default_error_messages = {
        "required": _("Saisissez le code reçu par SMS."),
        "invalid": _("Le code compte 6 chiffres."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"autocomplete": "one-time-code", "class": "is-short is-code"}

    def normalise(self, text: str) -> str:
        code = compact(digits(text))
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            raise self.refuse("invalid")
        return code


class AffiliationForm(forms.Form):
    """« Organisme d’affiliation » and the member's number, named as that policy names it (rows D7–D9)."""

    policy = forms.ChoiceField(
        label=_("Organisme d’affiliation"),
        error_messages={
            "required": _("Choisissez votre organisme d’affiliation."),
            "invalid_choice": _("Choisissez un organisme de la liste."),
        },
    )
    number = MemberNumberField(max_length=40, error_messages={"required": _("Indiquez votre numéro.")})

    def __init__(self, *args: Any, policies: list[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policies = {policy.number: policy for policy in policies}
        # The number first, as the guide writes it, and the name in the reader's language.
        named = [(number, f"{number}-{policy.subscriber}") for number, policy in self.policies.items()]
        empty = [] if len(named) == 1 else [("", gettext("Choisir dans la liste"))]
        self.fields["policy"].choices = empty + named  # type: ignore[attr-defined]
        labels = dict.fromkeys(policy.member_number_label for policy in policies)
        self.fields["number"].label = gettext(" ou ").join(labels) or "DRPP"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        policy = self.policies.get(cleaned.get("policy", ""))
        if policy and cleaned.get("number") and not well_formed(policy, cleaned["number"]):
            sentence = _("Ce numéro n’a pas la forme d’un %(label)s. Recopiez-le depuis votre bulletin de paie.")
            if len(cleaned["number"]) > LONGEST:
                sentence = _("Ce numéro est trop long pour un %(label)s. Recopiez-le depuis votre bulletin de paie.")
            self.add_error("number", sentence % {"label": policy.member_number_label})
        return cleaned


class SignInForm(AffiliationForm):
    """« Votre espace Client » (rows D8–D11)."""

    person = forms.BooleanField(
        label=_("Je ne suis pas un robot"), error_messages={"required": _("Cochez cette case pour continuer.")}
    )


class IdentityForm(forms.Form):
    """The CIN, before anything about a member is shown (T5)."""

    cin = CinField(label=_("N° de CIN"), help_text=_("Une ou deux lettres puis des chiffres, comme BK123456."))


class PasswordForm(forms.Form):
    """The member's password."""

    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
        error_messages={"required": _("Saisissez votre mot de passe.")},
    )


class CodeForm(forms.Form):
    """« Code de vérification »."""

    code = CodeField(label=_("Code de vérification"))


class BrowserCodeForm(CodeForm):
    """The code asked in a browser that is not known yet."""

    remember = forms.BooleanField(
        label=_("C’est mon appareil : ne plus y demander de code"),
        required=False,
        help_text=_("Laissez cette case vide sur un ordinateur partagé."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].widget.one_of = True  # « facultatif » says nothing here


class TermsForm(forms.Form):
    """The certification below the terms of use (rows D30, D32)."""

    certified = forms.BooleanField(
        label=_("Je certifie que les informations saisies (n° de SOM, n° de CIN) me concernent personnellement."),
        error_messages={"required": _("Cochez cette case pour continuer.")},
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice (rows D66–D68). Give the member it is for."""

    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        help_text=HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
        error_messages={"required": _("Choisissez un mot de passe.")},
    )
    confirmation = forms.CharField(
        label=_("Confirmer Mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
        error_messages={"required": _("Saisissez le même mot de passe une seconde fois.")},
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        least = gettext("%(least)d caractères au moins.") % {"least": settings.MEMBER_PASSWORD_MIN}
        self.fields["password"].help_text = f"{least} {HELP}"

    def clean_password(self) -> str:
        raw: str = self.cleaned_data["password"]
        validate_password(raw, member=self.member)
        return raw

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password"), cleaned.get("confirmation")
        if first and second and first != second:
            self.add_error("confirmation", ValidationError(_("Les deux mots de passe ne sont pas les mêmes.")))
        return cleaned


class ForgottenForm(AffiliationForm):
    """Who forgot the password."""

    cin = CinField(label=_("N° de CIN"))
    field_order = ["policy", "number", "cin", "person"]
    person = forms.BooleanField(
        label=_("Je ne suis pas un robot"), error_messages={"required": _("Cochez cette case pour continuer.")}
    )


class ChosenPasswordForm(CodeForm, NewPasswordForm):
    """The code of the SMS, and the new password."""

    field_order = ["code", "password", "confirmation"]


class ChangePasswordForm(NewPasswordForm):
    """A new password, by who gives the present one."""

    current = forms.CharField(
        label=_("Mot de passe actuel"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
        error_messages={"required": _("Saisissez votre mot de passe actuel.")},
    )
    field_order = ["current", "password", "confirmation"]


class ChangeMobileForm(PasswordForm):
    """Another mobile, by who gives the password. `region` is the country of the member's organisation."""

    mobile = MobileField(label=_("Nouveau numéro de GSM"))
    field_order = ["mobile", "password"]

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mobile"].region = region  # type: ignore[attr-defined]


class ChangeEmailForm(PasswordForm):
    """Another e-mail address, by who gives the password."""

    email = EmailAddressField(label=_("Nouvelle adresse e-mail"))
    field_order = ["email", "password"]
