"""What a member's password must be: long enough, and nothing that is tried first (row D67 as settled in T4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Member

LONGEST = 128
KEYBOARD = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
HELP = gettext_lazy(
    "Lettres et chiffres, sans suite comme « abcdef » ni répétition, sans votre nom, votre date de naissance ou vos "
    "numéros."
)
COMMON = CommonPasswordValidator()
NUMERIC = NumericPasswordValidator()
SIMILAR = UserAttributeSimilarityValidator(user_attributes=("last_name", "first_name"))


def validate_password(raw: str, *, member: Member) -> None:
    """ValidationError, with a sentence that says what to change, unless this may be the member's password."""
    if len(raw) < settings.MEMBER_PASSWORD_MIN:
        sentence = _("Choisissez un mot de passe de %(least)d caractères au moins.")
        raise ValidationError(sentence % {"least": settings.MEMBER_PASSWORD_MIN}, code="short")
    if len(raw) > LONGEST:
        raise ValidationError(_("Choisissez un mot de passe de 128 caractères au plus."), code="long")
    if _refused_by(NUMERIC, raw, member):
        raise ValidationError(_("Ajoutez une lettre : des chiffres seuls se devinent vite."), code="numeric")
    if _refused_by(COMMON, raw, member) or _is_sequence(raw) or _is_repeated(raw):
        raise ValidationError(
            _("Ce mot de passe est parmi les premiers essayés. Choisissez-en un autre."), code="common"
        )
    if _refused_by(SIMILAR, raw, member) or _is_about(raw, member):
        sentence = _("Ce mot de passe ressemble à votre nom, à votre date de naissance ou à vos numéros.")
        raise ValidationError(sentence, code="personal")


def _refused_by(
    validator: CommonPasswordValidator | NumericPasswordValidator | UserAttributeSimilarityValidator,
    raw: str,
    member: Member,
) -> bool:
    """Django judges; the sentence is ours, for it says what to do."""
    try:
        validator.validate(raw, member)  # type: ignore[arg-type]  # it reads attributes, of whatever has them
    except ValidationError:
        return True
    return False


def _plain(text: str) -> str:
    """Letters and digits only, without accents and capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if each.isalnum())


def _is_repeated(raw: str) -> bool:
    """« aaaaaa », « ababab », « abcabc »: one bit over and over."""
    return bool(re.fullmatch(r"(.{1,4}?)\1+", raw, re.DOTALL)) or len(set(raw.casefold())) < 3


def _is_sequence(raw: str) -> bool:
    """« abcdef », « azerty », « fedcba », and the same with a mark or digits of the row behind it."""
    text = raw.casefold()
    runs = {ord(after) - ord(before) for before, after in pairwise(text)}
    rows = [*KEYBOARD, *(row[::-1] for row in KEYBOARD)]
    return runs in ({1}, {-1}) or any(text in row for row in rows)


def _is_about(raw: str, member: Member) -> bool:
    text = _plain(raw)
    return any(word in text for word in _own_words(member) if len(word) >= 4)


def _own_words(member: Member) -> Iterator[str]:
    """The member's numbers, names and date of birth as people write it."""
    yield from map(_plain, (member.number, member.cin, member.last_name, member.first_name))
    yield from (member.birth_date.strftime(form) for form in ("%d%m%Y", "%d%m%y", "%Y%m%d", "%m%d%Y"))
