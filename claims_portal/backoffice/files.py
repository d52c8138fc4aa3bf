"""Files that agents join to what they write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import ngettext_lazy

from claims_portal.documents.models import Document
from claims_portal.documents.services import DocumentRefused, receive_document


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """None, one or several files. Their content is checked when they are received."""

    widget = SeveralFiles
    default_error_messages = {
        "too_many": ngettext_lazy(
            "Joignez au plus %(limit)d fichier à la fois.", "Joignez au plus %(limit)d fichiers à la fois.", "limit"
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        # An empty file is refused by its name when it is received, and takes no other file of the field with it.
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [super(FilesField, self).clean(upload, initial) for upload in data or []]
        limit = settings.DOCUMENT_LIMITS["files"]
        if len(uploads) > limit:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many", params={"limit": limit})
        return uploads


def receive_files(form: forms.Form, name: str) -> list[Document]:
    """Check and store the files of a validated field, and return them; a refused one becomes an error beside it."""
    documents = []
    for upload in form.cleaned_data.get(name, []):
        try:
            documents.append(receive_document(upload=upload))
        except DocumentRefused as refusal:
            form.add_error(name, refusal.about(upload))
    return documents
