"""The address of a list filters by what the list declares; whatever else it holds is answered with a sentence."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from claims_portal.backoffice.lists import PortalAdmin, PortalChangeList
from claims_portal.notifications.models import Message
from tests.factories.complaints import HANDLES, AgentFactory, DeskFactory
from tests.factories.notifications import MessageFactory

SEED = int(os.environ.get("HOSTILE_SEED") or random.SystemRandom().randrange(10**6))
DRAWN = 9  # addresses of each list
SENTENCE = "Cette adresse demande un filtre qui n’existe pas"


@pytest.fixture
def administrator(db: None) -> Client:
    browser = Client()
    user = AgentFactory.create(is_superuser=True, permissions=[])
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_every_admin_class_of_the_site_has_the_base(rf):
    request = rf.get("/")
    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, PortalAdmin), model_admin
        assert issubclass(model_admin.get_changelist(request), PortalChangeList), model_admin


def test_a_hidden_column_is_no_filter(administrator: Client):
    outbox = reverse("admin:notifications_message_changelist")
    page = administrator.get(f"{outbox}?{urlencode({'body_text__regex': '^1'})}", follow=True)
    assert page.redirect_chain == [(f"{outbox}?e=1", 302)]
    assert SENTENCE in page.content.decode()
    assert list(page.context["cl"].result_list) == list(Message.objects.all())


LOOKUPS = ["", "__regex", "__startswith", "__gt", "__in", "__isnull", "__range", "__password__regex", "__x__y__z"]


def lists(request: HttpRequest) -> Iterator[tuple[str, PortalAdmin]]:
    for model, model_admin in admin.site._registry.items():
        try:
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), model_admin
        except NoReverseMatch:
            continue  # reached by its member only


def test_no_column_of_any_list_is_read_by_a_lookup_it_does_not_declare(administrator: Client, rf: RequestFactory):
    """Every column with every lookup; the answer does not depend on what the column holds."""
    request = rf.get("/")
    request.user = AgentFactory.create(is_superuser=True, permissions=[])
    wrong = []
    for address, model_admin in lists(request):
        declared = model_admin.declared_lookups(request)
        names = [f"{column.name}{lookup}" for column in model_admin.opts.get_fields() for lookup in LOOKUPS]
        wrong += [name for name in names if name not in declared and model_admin.lookup_allowed(name, "a", request)]
        if "cl" not in (administrator.get(address).context or {}):
            continue  # a page of its own, which reads nothing of its address
        for name in [name for name in names if name not in declared][:: len(LOOKUPS) + 4]:
            found = {administrator.get(address, {name: value}).get("Location") for value in ("a", "b")}
            wrong += [name] if found != {f"{address}?e=1"} else []
    assert wrong == []


HOSTILE = [
    *({"p": value} for value in ("999999999", "-5", "9" * 5000, "x")),
    *({"o": value} for value in ("9.-9.x", "9" * 5000, "-")),
    *({"q": value} for value in ("a " * 5000, "²", "%", "\\", "9" * 5000)),
    *(
        {"_to_field": "password"},
        {"_popup": "1", "_to_field": "id"},
        {"all": "x"},
        {"e": "1"},
        {"e": "1", "x": "1"},
        {"": "x"},
    ),
]


def declared_values(model_admin: PortalAdmin, request: HttpRequest) -> list[dict[str, str]]:
    """What the list declares, with values that fit nothing."""
    odd = ("abc", "9" * 20, "9" * 5000, "-1", "²", "0", "9999", "99999", "")
    return [{name: value} for name in sorted(model_admin.declared_lookups(request)) for value in odd]


@pytest.mark.parametrize("role", ["agent", "supervisor", "superuser"])
def test_no_address_breaks_a_list(administrator: Client, rf: RequestFactory, role: str):
    request = rf.get("/")
    permissions = [*HANDLES, "accounts.view_auditentry", "notifications.view_message", "complaints.view_category"]
    given = {"agent": {}, "supervisor": {"permissions": permissions}, "superuser": {"is_superuser": True}}[role]
    request.user = AgentFactory.create(**given)
    browser = Client(raise_request_exception=False)
    browser.force_login(request.user, backend="django.contrib.auth.backends.ModelBackend")
    broken = []
    for address, model_admin in lists(request):
        if browser.get(address).status_code != 200:
            continue  # not a list of theirs
        for query in random.Random(SEED).sample([*HOSTILE, *declared_values(model_admin, request)], DRAWN):
            status = browser.get(address, query).status_code
            if status not in (200, 302, 400):
                broken.append((address, query, status))
    assert broken == [], f"HOSTILE_SEED={SEED}"


@pytest.mark.parametrize("value", ["0", "9999", "10000", "9" * 30, "abc", "-1", ""])
@pytest.mark.parametrize("part", ["year", "month", "day"])
def test_an_odd_date_of_the_hierarchy_leads_to_the_list_as_it_opens(administrator: Client, part: str, value: str):
    address = reverse("admin:deadlines_holidayoverride_changelist")
    page = administrator.get(address, {"date__year": "2026", f"date__{part}": value}, follow=True)
    assert page.status_code == 200
    assert page.redirect_chain == [(f"{address}?e=1", 302)]


def test_a_declared_filter_still_filters(administrator: Client):
    MessageFactory(state=Message.State.FAILED)
    MessageFactory(state=Message.State.SENT)
    page = administrator.get(reverse("admin:notifications_message_changelist"), {"state__exact": "failed"})
    assert [message.state for message in page.context["cl"].result_list] == ["failed"]


def test_an_address_fills_in_nothing_of_a_form(administrator: Client):
    page = administrator.get(reverse("admin:organisations_sector_add"), {"name_fr": "Pris à l’adresse"})
    assert "Pris à l’adresse" not in page.content.decode().split("<main")[-1]


@pytest.mark.parametrize("action", ["change", "delete"])
def test_a_row_is_not_looked_for_by_a_column_without_a_name(administrator: Client, action: str):
    address = reverse(f"admin:organisations_organisation_{action}", args=[DeskFactory.create().organisation.pk])
    assert administrator.get(address).status_code == 200
    for name in ("", "password", "x"):
        assert administrator.get(address, {"_to_field": name}).status_code == 400
        assert administrator.post(address, {"_to_field": name}).status_code == 400
