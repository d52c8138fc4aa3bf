"""Form fields for what identifies a person, a contract or an account, and for the texts people write.

Each field first puts what was typed into one form (spaces, dots, Arabic digits, upper case), then judges it, and says
in one sentence what to do when it cannot be taken. Cleaning a cleaned value changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum.fr import nir

# Characters that reorder what is around them: a name or a text could show something else than it holds.
BIDI_CONTROLS = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
_NOT_PRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff" + "".join(sorted(BIDI_CONTROLS)) + "]"
)
LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
CIN = re.compile(r"[A-Z]{1,2}[0-9]{4,7}")
# Sex 1–2, or 3, 4, 7, 8 for a temporary number; month 01–12, or 20–42 and 50–99 when it is not known (DOMAIN: NIR).
NIR = re.compile(
    r"[123478][0-9]{2}(?:0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])(?:[0-9]{2}|2[AB])[0-9]{6}(?:[0-9]{2})?"
)
IBAN = re.compile(r"(?:IBAN:?)?MA(?P<check>[0-9]{2})(?P<rib>[0-9]{24})", re.IGNORECASE)
MOBILE_TYPES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
LONGEST_KEY = 18  # digits
LONGEST_PHONE = 17  # digits: « 00 » and the 15 of E.164


def digits(text: str) -> str:
    """The text with every decimal digit of any script (٠١٢, ۰۱۲, …) as ASCII; « ² » is no decimal digit and stays."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(each, each)) for each in text)


def printable(text: str) -> str:
    """The text without control characters (tabs and line ends stay), lone surrogates and bidi overrides."""
    return _NOT_PRINTABLE.sub("", text)


def is_key(text: str) -> bool:
    """Return whether the text is written like the key of a row: digits that fit into a `bigint`."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


def legible(text: str) -> str:
    """The text, or nothing where it holds spaces and invisible marks alone: nobody could read it."""
    return text if any(unicodedata.category(each)[0] not in "CZ" for each in text) else ""


def one_line(text: str) -> str:
    """The text on one line, printable, its spaces collapsed."""
    return " ".join(printable(" ".join(text.split())).split())


def compact(text: str) -> str:
    """An identifier without spaces, dots, dashes and invisible marks, its digits in ASCII."""
    return "".join(
        each
        for each in digits(text)
        if each not in ".·_\u2212" and unicodedata.category(each) not in ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Pd")
    )


def clean_email(text: str) -> str:
    """The e-mail address, trimmed and in lower case. ValidationError when it is not one."""
    address = "".join(each for each in text if unicodedata.category(each) not in ("Cc", "Cf", "Cs")).strip().lower()
    EmailValidator(EmailAddressField.default_error_messages["invalid"])(address)
    if not address.rpartition("@")[0].isascii() or address.endswith("]"):  # a machine's number is nobody's address
        raise ValidationError(EmailAddressField.default_error_messages["invalid"], code="invalid")
    return address


def rib_key(account: str) -> str:
    """The two-digit key (01–97) of the first 22 digits of a Moroccan RIB (DOMAIN: RIB MA)."""
    return f"{97 - int(account) * 100 % 97:02d}"


def iban_check(rib: str) -> str:
    """The two check digits (02–98) of the Moroccan IBAN that holds a RIB of 24 digits (ISO 13616; DOMAIN: IBAN MA)."""
    return f"{98 - int(f'{rib}221000') % 97:02d}"  # M is 22 and A is 10


class NormalisedField(forms.CharField):
    """A text field whose value is put into one form before anything judges it."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return self.normalise(text) if text else ""

    def normalise(self, text: str) -> str:
        """The one form of this text; ValidationError when it has none."""
        raise NotImplementedError

    def refuse(self, code: str, **params: object) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params or None)


class IdentifierField(NormalisedField):
    """A code made of digits and Latin letters: read left to right even in an Arabic page, never auto-corrected."""

    numeric = True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget) | {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
        attrs["class"] = "is-medium"  # as long as what goes into it
        return attrs | ({"inputmode": "numeric"} if self.numeric else {"autocapitalize": "characters"})


class MobileField(NormalisedField):
    """A mobile number that can receive SMS, as E.164 (« +212612345678 »); rows D48–D49.

    `regions` are the countries accepted; numbers written without a prefix belong to `default_region`.
    """

    widget = forms.TelInput
    default_error_messages = {
        "required": _("Indiquez votre numéro de téléphone portable."),
        "invalid": _("Ce numéro n’a pas la bonne forme : il compte 10 chiffres et commence par 06 ou 07."),
        "several": _("Indiquez un seul numéro de téléphone portable dans cette case."),
        "fixed": _("Ce numéro est celui d’une ligne fixe. Indiquez un téléphone portable, qui peut recevoir des SMS."),
        "special": _("Ce numéro est un numéro spécial. Indiquez un téléphone portable, qui peut recevoir des SMS."),
        "foreign": _("Nous ne pouvons pas joindre ce pays. Indiquez un téléphone portable en %(prefixes)s."),
    }

    def __init__(self, *, regions: Sequence[str] = ("MA", "FR"), default_region: str = "MA", **kwargs: Any) -> None:
        self.regions = tuple(regions)
        self.default_region = default_region
        self.prefixes = [phonenumbers.country_code_for_region(region) for region in self.regions]
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = {"dir": "ltr", "autocomplete": "tel", "inputmode": "tel", "class": "is-medium"}
        return super().widget_attrs(widget) | attrs

    def normalise(self, text: str) -> str:
        number = compact(text).translate({ord(each): None for each in "()"})
        if len(re.findall(r"[0-9]", number)) > LONGEST_PHONE:
            raise self.refuse("several")
        if not re.fullmatch(r"\+?[0-9]+", number):
            raise self.refuse("invalid")
        try:
            parsed = phonenumbers.parse(number, self.default_region)
        except phonenumbers.NumberParseException as error:
            raise self.refuse("invalid") from error
        self.judge(parsed)
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)

    def judge(self, number: phonenumbers.PhoneNumber) -> None:
        """ValidationError unless the number is a mobile of an accepted country."""
        foreign = self.refuse("foreign", prefixes=", ".join(f"+{prefix}" for prefix in self.prefixes))
        if number.country_code not in self.prefixes:
            raise foreign
        if not phonenumbers.is_valid_number(number):
            raise self.refuse("invalid")
        kind = phonenumbers.number_type(number)
        if kind not in MOBILE_TYPES:
            raise self.refuse("fixed" if kind == PhoneNumberType.FIXED_LINE else "special")
        # A prefix may serve several countries: +1 and +44 reach islands that nobody meant.
        if phonenumbers.region_code_for_number(number) not in self.regions:
            raise foreign


class EmailAddressField(forms.EmailField):
    """An e-mail address in lower case: the one that finds the case again (row A34, C24)."""

    default_error_messages = {
        "required": _("Indiquez votre adresse e-mail."),
        "invalid": _("Cette adresse e-mail n’est pas complète : elle ressemble à nom@exemple.ma."),
        "max_length": _("Cette adresse e-mail est trop longue : %(limit_value)d caractères au plus."),
    }
    default_validators = []  # clean_email has validated already, with our sentence

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 254} | kwargs))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"dir": "ltr", "autocomplete": "email", "inputmode": "email"}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return clean_email(text)
        except ValidationError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class CinField(IdentifierField):
    """A Moroccan identity card number (« BK123456 »); lenient, for its prefixes and lengths vary."""

    numeric = False
    default_error_messages = {
        "required": _("Indiquez votre numéro de CIN."),
        "invalid": _(
            "Ce numéro de CIN n’a pas la bonne forme : une ou deux lettres puis 4 à 7 chiffres, comme BK123456."
        ),
    }

    def normalise(self, text: str) -> str:
        card = compact(text)
        # Upper case only what is ASCII: « ß » would become two letters.
        card = card.upper() if card.isascii() else card
        if not CIN.fullmatch(card):
            raise self.refuse("invalid")
        return card


class CnssNumberField(IdentifierField):
    """The number of a person insured by the CNSS: 9 digits, without a public check rule."""

    default_error_messages = {
        "required": _("Indiquez votre numéro d’immatriculation à la CNSS."),
        "invalid": _("Le numéro CNSS compte 9 chiffres. Il est inscrit sur votre carte d’immatriculation."),
    }

    def normalise(self, text: str) -> str:
        number = compact(text)
        if not re.fullmatch(r"[0-9]{9}", number):
            raise self.refuse("invalid")
        return number


class NirField(IdentifierField):
    """A French social security number, kept as 15 characters; the key is computed for whoever leaves it out (C22)."""

    numeric = False  # Corsican numbers hold a letter
    default_error_messages = {
        "required": _("Indiquez votre numéro de sécurité sociale."),
        "invalid": _(
            "Ce numéro de sécurité sociale n’a pas la bonne forme : "
            "il compte 13 chiffres, suivis d’une clé de 2 chiffres."
        ),
        "key": _(
            "La clé ne correspond pas à ce numéro de sécurité sociale. Vérifiez chaque chiffre sur votre carte Vitale."
        ),
    }

    def normalise(self, text: str) -> str:
        number = compact(text)
        number = number.upper() if number.isascii() else number
        if not NIR.fullmatch(number):
            raise self.refuse("invalid")
        complete = number[:13] + nir.calc_check_digits(number[:13])
        if number not in (number[:13], complete):
            raise self.refuse("key")
        return complete


class RibField(IdentifierField):
    """A Moroccan bank account (RIB): 24 digits, of which the last two are a key from 01 to 97; or its IBAN."""

    default_error_messages = {
        "required": _("Indiquez votre RIB."),
        "invalid": _("Le RIB compte 24 chiffres. Recopiez-le en entier, tel que votre banque l’a écrit."),
        "key": _("La clé ne correspond pas à ce RIB. Vérifiez chaque chiffre sur le relevé de votre banque."),
        "iban": _(
            "Les deux chiffres après MA ne correspondent pas à cet IBAN. "
            "Vérifiez chaque chiffre sur le relevé de votre banque."
        ),
    }

    def normalise(self, text: str) -> str:
        number = compact(text)
        if around := IBAN.fullmatch(number):
            number = around["rib"]
            if around["check"] != iban_check(number):
                raise self.refuse("iban")
        if not re.fullmatch(r"[0-9]{24}", number):
            raise self.refuse("invalid")
        account, key = number[:22], number[22:]
        if not account.strip("0") or key != rib_key(account):
            raise self.refuse("key")
        return number


class PersonNameField(NormalisedField):
    """A first or last name in any script, on one line, with at least one letter."""

    default_error_messages = {
        "required": _("Indiquez ce nom."),
        "letters": _("Écrivez le nom avec des lettres."),
        "max_length": _("Ce nom compte %(show_value)d caractères ; la place est limitée à %(limit_value)d."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 80} | kwargs))

    def normalise(self, text: str) -> str:
        name = one_line(unicodedata.normalize("NFC", printable(text)))
        if name and not any(unicodedata.category(each).startswith("L") for each in name):
            raise self.refuse("letters")
        return name


class ReferenceField(NormalisedField):
    """A policy, membership or file number as an institution wrote it: one line, its case kept."""

    default_error_messages = {
        "max_length": _("Cette référence compte %(show_value)d caractères ; la place est limitée à %(limit_value)d."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 60} | kwargs))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"autocomplete": "off", "spellcheck": "false", "dir": "auto"}

    def normalise(self, text: str) -> str:
        return legible(one_line(digits(text)))


class ProseField(NormalisedField):
    """A long text. What cannot be kept is left out without a word; too long is said with a count, never cut."""

    widget = forms.Textarea(attrs={"rows": 6})
    default_error_messages = {
        "max_length": _(
            "Votre texte compte %(show_value)d caractères ; la place est limitée à %(limit_value)d. "
            "Raccourcissez-le, ou joignez la suite dans un document."
        ),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Without `maxlength`: a browser would cut a pasted text without telling.
        attrs = super().widget_attrs(widget) | {"dir": "auto"}
        attrs.pop("maxlength", None)
        return attrs

    def normalise(self, text: str) -> str:
        return legible(LINE_ENDS.sub("\n", printable(text)).strip())
