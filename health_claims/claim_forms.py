"""What a member writes about a claim."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_portal.identifiers import ProseField

ANSWER_MAX = 5_000


class ClaimComplementForm(forms.Form):
    """The answer to what was asked: words, files, or both; the view receives the files."""

    body = ProseField(
        label=_("Votre réponse"),
        required=False,
        max_length=ANSWER_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.one_of = True  # words or a file: one is enough


class FeedbackForm(forms.Form):
    """The one question asked of some members after the payment (row F40)."""

    YES, NO = "oui", "non"
    agrees = forms.ChoiceField(
        label=_("Les soins reçus sont-ils ceux du décompte ?"),
        choices=[(YES, _("Oui")), (NO, _("Non"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Répondez par oui ou par non.")},
    )
    words = ProseField(
        label=_("Ce qui diffère, ou ce que vous voulez ajouter"),
        required=False,
        max_length=ANSWER_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def given(self) -> tuple[bool, str]:
        """Whether the care agrees, and the words, of a valid form."""
        return self.cleaned_data["agrees"] == self.YES, self.cleaned_data["words"]
