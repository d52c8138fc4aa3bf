"""Whose address a request comes from: limits and locks stand on it."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from claims_portal.middleware import TrustedProxyMiddleware, client_address


@pytest.fixture(autouse=True)
def _two_proxies(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "2001:db8::/64"]


def seen(forwarded: str | None, peer: str = "10.0.0.1") -> str:
    """The address the portal sees behind a peer that sends this X-Forwarded-For."""
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    middleware = TrustedProxyMiddleware(lambda request: HttpResponse(client_address(request)))
    return middleware(request).content.decode()


def test_a_trusted_proxy_tells_who_calls():
    assert seen("41.250.1.2") == "41.250.1.2"


def test_of_a_chain_the_nearest_that_is_no_proxy_of_ours_counts():
    assert seen("1.1.1.1, 41.250.1.2, 10.0.0.7") == "41.250.1.2"


def test_anybody_else_may_say_what_they_want():
    assert seen("1.1.1.1", peer="41.250.1.2") == "41.250.1.2"


def test_without_the_header_the_peer_counts():
    assert seen(None) == "10.0.0.1"


def test_an_ipv6_proxy_is_trusted_too():
    assert seen("2a01:4f8::7", peer="2001:db8::1") == "2a01:4f8::7"


@pytest.mark.parametrize("forged", ["unknown", "41.250.1.2:4711", "'; DROP TABLE", "", ",", "41.250.1.2, unknown"])
def test_what_is_no_address_is_never_taken_for_one(forged):
    assert seen(forged) == "10.0.0.1"


def test_without_trusted_proxies_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = []
    assert seen("1.1.1.1") == "10.0.0.1"


def test_a_unix_socket_has_an_address_that_nobody_has():
    assert seen(None, peer="") == "255.255.255.255"
