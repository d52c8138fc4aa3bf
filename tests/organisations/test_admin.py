"""What supervisors may write, and what they may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms import modelform_factory
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.organisations.admin import LegalTextAdmin, OrganisationForm
from claims_portal.organisations.colours import contrast_with_white
from claims_portal.organisations.models import RESERVED_CODES, Desk, LegalText, Organisation, Sector
from complaints.urls import urlpatterns as complaint_addresses
from tests.factories.organisations import DeskFactory, LegalTextFactory, SectorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor_request(rf: RequestFactory) -> Any:
    request = rf.get("/gestion/")
    request.user = User.objects.create_superuser("superviseur@exemple.ma", "Un mot de passe assez long")
    return request


def list_queries(model: type, request: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        page = admin.site._registry[model].changelist_view(request)
        page.render()
    assert page.status_code == 200
    return len(queries)


@pytest.mark.parametrize("model", [Sector, Organisation, Desk, LegalText])
def test_a_list_costs_the_same_when_longer(model: type, supervisor_request: Any) -> None:
    def one_more_of_each() -> None:
        LegalTextFactory(organisation=DeskFactory(sectors=[SectorFactory()]).organisation)

    one_more_of_each()
    short = list_queries(model, supervisor_request)
    for _ in range(8):
        one_more_of_each()
    assert list_queries(model, supervisor_request) == short


def test_a_desk_named_like_a_page_of_the_portal_is_refused() -> None:
    """Its own page would hide behind the other one."""
    firsts = {str(each.pattern).partition("/")[0] for each in complaint_addresses}
    assert {first for first in firsts if first and "<" not in first} == RESERVED_CODES
    with pytest.raises(ValidationError, match="déjà ce nom"):
        DeskFactory.build(code="suivi").clean()


def test_black_on_white_has_the_highest_contrast() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)


@pytest.mark.parametrize(
    ("colour", "accepted"), [("#003781", True), ("#767676", True), ("#777777", False), ("#ffd400", False)]
)
def test_a_colour_too_pale_to_be_read_is_refused(colour: str, accepted: bool) -> None:
    form = modelform_factory(Organisation, form=OrganisationForm, fields=["primary_colour"])({"primary_colour": colour})
    assert form.is_valid() is accepted
    if not accepted:
        assert "trop claire" in form.errors["primary_colour"][0]


def test_a_text_in_force_may_only_be_given_an_end(supervisor_request: Any) -> None:
    model_admin = LegalTextAdmin(LegalText, admin.site)
    text = LegalTextFactory()
    assert set(model_admin.get_fields(supervisor_request, text)) - set(
        model_admin.get_readonly_fields(supervisor_request, text)
    ) == {"valid_to"}
    assert not model_admin.has_delete_permission(supervisor_request, text)


def test_a_text_to_come_may_still_be_written(supervisor_request: Any) -> None:
    text = LegalTextFactory(valid_from=timezone.now() + timedelta(days=1))
    assert LegalTextAdmin(LegalText, admin.site).get_readonly_fields(supervisor_request, text) == []
