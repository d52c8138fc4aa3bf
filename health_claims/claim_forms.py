"""What a member writes about a claim."""

from __future__ import annotations

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
