"""Sentences that several pages of the way in share."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from claims_portal.accounts import codes

NOBODY = gettext_lazy(
    "Ces informations ne correspondent à aucun adhérent. Vérifiez l’organisme, le numéro et la CIN, puis réessayez."
)
CODE_FIRST_REFUSED = gettext_lazy(
    "Ce code n’est pas le bon, ou il ne sert plus. Vérifiez-le, ou recommencez pour en recevoir un autre."
)
NO_MOBILE = gettext_lazy(
    "Aucun téléphone portable vérifié ne peut recevoir votre code. Adressez-vous au service qui gère votre contrat."
)


def code_refusal(*, request_id: UUID | str | None, purpose: str, subject: str, code: str) -> str:
    """Use a code up; gives "" when it is the right one, else the sentence that says what to do.

    LimitReached after too many wrong codes, however many were sent.
    """
    try:
        codes.use_code(request_id=request_id, purpose=purpose, subject=subject, code=code)
    except codes.CodeWrong as wrong:
        return code_wrong(wrong.left)
    except codes.CodeUnusable:
        return code_unusable()
    return ""


def code_wrong(left: int) -> str:
    """Says how many tries are left."""
    sentence = ngettext(
        "Ce code n’est pas le bon. Il vous reste %(left)d essai.",
        "Ce code n’est pas le bon. Il vous reste %(left)d essais.",
        left,
    )
    return sentence % {"left": left}


def code_unusable() -> str:
    return _("Ce code ne sert plus. Demandez-en un autre avec « Réessayer ».")
