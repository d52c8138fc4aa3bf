"""How much a complainant may write on a case, and what the page says beyond."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_portal.accounts import throttles
from claims_portal.middleware import client_address

from .models import Complaint


def refuse_message(request: HttpRequest, complaint: Complaint) -> str:
    """Count one message on the case from this address. Return "", or a sentence when it is one too many."""
    try:
        throttles.count("message-case", str(complaint.pk))
    except throttles.LimitReached:
        return _(
            "Vous avez beaucoup écrit aujourd’hui sur cette réclamation : le service lit tout. Ce texte n’est pas "
            "envoyé. Copiez-le et envoyez-le demain, si possible avec vos autres questions en un seul message."
        )
    try:
        throttles.count("message-address", client_address(request))
    except throttles.LimitReached as reached:
        minutes = max(1, -(-reached.retry_seconds // 60))
        return ngettext(
            "Beaucoup de messages sont partis de votre connexion. Celui-ci n’est pas envoyé : attendez %(minutes)d "
            "minute, puis envoyez-le de nouveau.",
            "Beaucoup de messages sont partis de votre connexion. Celui-ci n’est pas envoyé : attendez %(minutes)d "
            "minutes, puis envoyez-le de nouveau.",
            minutes,
        ) % {"minutes": minutes}
    return ""


def no_room_sentence() -> str:
    """Return what to do once the case holds no more messages."""
    return _(
        "Cette réclamation ne peut plus recevoir de message ici : elle en contient déjà beaucoup. Ce texte n’est pas "
        "envoyé. Copiez-le, puis écrivez au service par courrier ou appelez-le : il a tout le dossier."
    )


def files_sentence() -> str:
    """Return what to do with files that were chosen for a message that is not sent."""
    return _("Vos fichiers ne sont pas envoyés non plus : choisissez-les de nouveau avec votre message.")
