"""What an agent sends with an action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_portal.identifiers import ProseField
from complaints.forms import FACTS_MAX

from .actions import Action


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """None, one or several files. Their content is checked when they are received."""

    widget = SeveralFiles
    default_error_messages = {
        "too_many": ngettext_lazy(
            "Joignez au plus %(limit)d fichier à la fois.", "Joignez au plus %(limit)d fichiers à la fois.", "limit"
        ),
        "empty": _("Ce fichier est vide. Vérifiez qu’il s’ouvre sur votre appareil, puis choisissez-le à nouveau."),
    }

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [super(FilesField, self).clean(each, initial) for each in data or []]
        limit = settings.DOCUMENT_LIMITS["files"]
        if len(uploads) > limit:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many", params={"limit": limit})
        return uploads


class ActionForm(forms.Form):
    """One action: the words and files it takes, and the case as the agent saw it (`seen`: its last event)."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    body = ProseField(max_length=FACTS_MAX, error_messages={"required": _("Écrivez votre texte.")})
    documents = FilesField(required=False)

    def __init__(self, action: Action, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].required = action.needs_text
        if not action.takes_text:
            del self.fields["body"]
        if not action.takes_files:
            del self.fields["documents"]
