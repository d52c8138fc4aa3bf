"""What is typed and chosen at the first sending (rows D64–D73). Nothing here writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.documents.accepted import ACCEPT, IMAGE_NAMES
from claims_portal.documents.messages import too_large
from health_claims.models import IdentityPaper
from membership.forms import NewPasswordForm
from membership.models import Member


class PaperField(forms.FileField):
    """A copy on paper or a photo of it. What is inside is judged when it is received, with sentences of its own."""

    def __init__(self, **kwargs: Any) -> None:
        limit = settings.DOCUMENT_LIMITS["file_bytes"]
        attrs = {
            "accept": ACCEPT,
            "data-choose": _("Choisir un fichier"),
            "data-drop": _("ou déposez-le ici"),
            "data-max-bytes": limit,
            "data-too-large": too_large(limit),
        }
        super().__init__(widget=forms.FileInput(attrs), allow_empty_file=True, **kwargs)


class PapersForm(NewPasswordForm):
    """The password, where there is none yet, and the papers still to be sent or that may be replaced."""

    def __init__(self, *args: Any, member: Member, papers: dict[str, IdentityPaper], **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        if member.account.password:
            del self.fields["password"], self.fields["confirmation"]
        for kind in IdentityPaper.Kind:
            paper = papers.get(kind)
            if paper is None or paper.state != IdentityPaper.State.ACCEPTED:
                self.fields[kind.value] = field = PaperField(
                    label=label_of(kind, member),
                    required=paper is None or paper.is_to_send,
                    help_text=paper_hint(),
                    error_messages={"required": gettext_lazy("Choisissez un fichier : cette copie est obligatoire.")},
                )
                field.widget.one_of = True  # « facultatif » would say too little of a copy that may be replaced


def paper_hint() -> str:
    """What a copy may be, and how large."""
    size = settings.DOCUMENT_LIMITS["file_bytes"] // (1024 * 1024)
    return _("Photo (%(names)s) ou PDF, %(size)s Mo au plus.") % {"names": IMAGE_NAMES, "size": size}


def label_of(kind: IdentityPaper.Kind, member: Member) -> str:
    """« Copie CIN », and « Copie carte » with the name the policy gives its card (rows D69, D70)."""
    if kind == IdentityPaper.Kind.CIN:
        return str(kind.label)
    card = str(member.policy.card_name)
    return _("Copie %(card)s") % {"card": card[:1].lower() + card[1:]}
