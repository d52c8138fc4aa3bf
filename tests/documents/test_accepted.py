"""What is accepted is said in one place: what a hint names is taken, and what is taken is named."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from claims_portal.documents.accepted import IMAGES
from claims_portal.documents.checks import Limits, examine
from claims_portal.documents.services import refusal_message
from tests.factories.documents import image_bytes, page_of_text

PILLOW = {"HEIC": "HEIF", "WebP": "WEBP"}


@pytest.mark.parametrize("name", IMAGES)
def test_each_picture_that_a_hint_names_is_taken(name: str) -> None:
    picture = image_bytes(page_of_text(400, 500), kind=PILLOW.get(name, name))
    assert examine(picture, f"photo{IMAGES[name][0]}", Limits(30_000_000, 200)).content_type.startswith("image/")


@pytest.mark.parametrize("field", ["complaints/files_field.html", "health_claims/declaration/file_field.html"])
def test_the_hint_beside_a_field_names_each_picture_and_the_limits(field: str) -> None:
    shown = render_to_string(field)
    assert "(JPEG, PNG, HEIC, WebP) ou PDF, 10\u00a0Mo au plus" in shown
    assert all(suffix in shown for suffixes in IMAGES.values() for suffix in suffixes)


def test_the_refusal_of_another_kind_names_the_same_pictures() -> None:
    assert "(JPEG, PNG, HEIC, WebP)" in str(refusal_message("not_accepted"))
