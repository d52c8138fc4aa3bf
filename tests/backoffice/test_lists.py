"""The address of a list filters by what the list declares; whatever else it holds is answered with a sentence."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from claims_portal.backoffice.lists import PortalAdmin, PortalChangeList
from claims_portal.notifications.models import Message
from tests.factories.complaints import AgentFactory

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
