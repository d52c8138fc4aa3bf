"""The way into the member space: what is asked, and what is never told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.notifications.models import Message
from membership.access import SESSION_KEY
from membership.models import KnownBrowser, MemberAccount
from membership.services.signing_in import prune_browsers
from tests.factories.membership import PASSWORD, AccountFactory, MemberFactory, PolicyFactory, enter_as

from .conftest import last_code, say_cin, say_number, say_password, sign_in

pytestmark = pytest.mark.django_db


def without_tokens(response: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.mark.req("D7", "D8", "D9", "D11", "D12", "D13", "D14", "D15", "D16", "D17", "D18")
def test_the_first_page_has_the_words_of_the_guide(client: Client) -> None:
    other = "ACCEDER AU SITE PRESTATIONS MEDICALES OCP"
    policy = PolicyFactory(other_site_name=other, other_site_url="https://exemple.ma/ocp")
    page = client.get(reverse("membership:sign-in")).content.decode()
    for words in (
        "Bienvenue dans l’espace de l’Assurance Maladie Complémentaire",
        "Avec votre compte client, vous pouvez :",
        "Suivre en temps réel et à tout moment le détail de vos remboursements.",
        "Consulter vos prestations.",
        "Votre espace Client",
        "Organisme d’affiliation",
        f"{policy.number}-{policy.subscriber}",
        ">DRPP<",
        "Je ne suis pas un robot",
        "Confidentialité",
        "Connectez Vous",
        "الخدمة العربية",
        other,
        ">Accueil<",
        ">Téléchargement<",
    ):
        assert words in page


@pytest.mark.req("K5")
def test_each_policy_asks_for_its_own_number(client: Client) -> None:
    PolicyFactory(member_number_label_fr="SOM", position=1)
    member = MemberFactory(policy__member_number_pattern="[A-Z][0-9]{5}", number="A12345")
    assert ">DRPP ou SOM<" in client.get(reverse("membership:sign-in")).content.decode()
    assert "n’a pas la forme d’un DRPP" in say_number(client, member, number="1234567").content.decode()
    assert say_number(client, member, number="a ١٢٣٤٥").status_code == 302


def test_the_number_is_asked_for_in_the_language_of_the_page(client: Client) -> None:
    PolicyFactory(member_number_label_fr="Matricule", member_number_label_ar="رقم التسجيل")
    assert ">رقم التسجيل<" in client.get("/ar" + reverse("membership:sign-in")).content.decode()


@pytest.mark.req("D10")
def test_a_robot_that_does_no_work_and_does_not_wait_goes_no_further(client: Client, member, settings) -> None:
    settings.PATIENCE_SECONDS = 20
    assert "Attendez encore" in say_number(client, member).content.decode()
    assert client.get(reverse("membership:identity")).status_code == 302


@pytest.mark.req("D10")
def test_what_showed_a_person_serves_once_and_the_page_comes_back_with_new_work(client: Client, member) -> None:
    page = client.get(reverse("membership:sign-in"))
    said = {"policy": member.policy.number, "number": member.number, "person": "on"}
    said["waiting"] = page.context["waiting"]
    assert client.post(reverse("membership:sign-in"), said).status_code == 302
    replayed = Client().post(reverse("membership:sign-in"), said)
    assert "avait déjà servi" in replayed.content.decode()
    again = said | {"waiting": replayed.context["waiting"]}
    assert again != said
    assert Client().post(reverse("membership:sign-in"), again).status_code == 302


@pytest.mark.req("T5")
def test_an_unknown_number_a_wrong_cin_and_a_closed_policy_have_the_same_answer(client: Client, member) -> None:
    closing = MemberFactory(policy__organisation=member.policy.organisation, number=member.number)
    say_number(client, closing)
    closing.policy.is_open = False
    closing.policy.save()
    closed = client.post(reverse("membership:identity"), {"cin": closing.cin})
    wrong = say_cin(client, member, cin="ZZ000000")
    unknown = say_cin(client, member, number="7654321")
    alike = without_tokens(wrong)
    assert "ne correspondent à aucun adhérent" in alike
    assert without_tokens(unknown) == alike.replace(member.number, "7654321").replace("ZZ000000", member.cin)
    assert closed.status_code == unknown.status_code == wrong.status_code == 200
    assert "ne correspondent à aucun adhérent" in closed.content.decode()
    assert member.last_name not in alike
    assert not MemberAccount.objects.filter(member__in=[closing]).exists()


@pytest.mark.req("T5")
def test_before_a_password_exists_the_cin_opens_the_terms_and_nothing_of_the_family(client: Client) -> None:
    member = MemberFactory()
    assert say_cin(client, member)["Location"] == reverse("membership:home")
    assert client.get(reverse("membership:home"))["Location"] == reverse("membership:terms")


@pytest.mark.req("T5")
def test_a_password_then_a_code_by_sms_open_a_browser_that_is_not_known(client: Client, member) -> None:
    assert say_password(client, member, "pas celui-ci").status_code == 200
    assert not Message.objects.filter(channel="sms").exists()
    say_password(client, member)
    page = client.get(reverse("membership:browser-code")).content.decode()
    assert "+212 6•• •• •• 78" in page
    assert "12345678" not in page
    assert (
        "Il vous reste 4 essais" in client.post(reverse("membership:browser-code"), {"code": "000000"}).content.decode()
    )
    before = client.session.session_key
    assert client.post(reverse("membership:browser-code"), {"code": last_code()})["Location"] == "/sante/accueil/"
    assert client.session.session_key != before
    assert client.get(reverse("membership:home")).status_code == 200
    assert not KnownBrowser.objects.exists()


def test_a_browser_that_was_made_known_is_asked_no_code(client: Client, member) -> None:
    cookie = sign_in(client, member, remember="on").cookies["browser"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 24 * 3600)
    client.post(reverse("membership:sign-out"))
    assert say_password(client, member)["Location"] == reverse("membership:home")
    other = MemberFactory(policy=member.policy, activated=True)
    client.post(reverse("membership:sign-out"))
    assert say_password(client, other)["Location"] == reverse("membership:browser-code")


def test_a_browser_is_known_for_a_time_only(client: Client, member) -> None:
    sign_in(client, member, remember="on")
    client.post(reverse("membership:sign-out"))
    KnownBrowser.objects.update(expires_at=timezone.now())
    assert say_password(client, member)["Location"] == reverse("membership:browser-code")
    assert prune_browsers() == 1


@pytest.mark.req("D33")
def test_signing_out_ends_the_session_on_the_server(client: Client, member) -> None:
    enter_as(client, member)
    kept = client.cookies["portal"].value
    assert client.get(reverse("membership:sign-out")).status_code == 405
    client.post(reverse("membership:sign-out"))
    thief = Client()
    thief.cookies["portal"] = kept
    assert thief.get(reverse("membership:home"))["Location"] == reverse("membership:sign-in")


def test_a_session_ends_with_the_password_it_was_opened_with_or_when_it_idles(client: Client, member) -> None:
    enter_as(client, member)
    account = member.account
    account.set_password("Autre-chose-9")
    account.save()
    answer = client.get(reverse("membership:home"), follow=True).content.decode()
    assert "Votre session est terminée" in answer
    enter_as(client, type(member).objects.get(pk=member.pk))
    session = client.session
    session[SESSION_KEY] |= {"seen": 0}
    session.save()
    assert client.get(reverse("membership:home")).status_code == 302


@pytest.mark.parametrize("active", [True, False], ids=["active", "idle"])
def test_the_session_of_a_member_ends_twelve_hours_after_sign_in_however_active(client: Client, member, active) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        sign_in(client, member)
        for _ in range(12 * 4 if active else 1):
            clock.shift(15 * 60)
            assert client.get(reverse("membership:home")).status_code == 200
        clock.shift(60 if active else 15 * 60 + 1)
        assert client.get(reverse("membership:home"))["Location"] == reverse("membership:sign-in")


def test_a_new_password_does_not_begin_the_twelve_hours_again(client: Client, member) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        sign_in(client, member)
        session = client.session
        session[SESSION_KEY] |= {"began": session[SESSION_KEY]["began"] - 12 * 3600 + 60}
        session.save()
        new = {"current": PASSWORD, "password": "Citron-88", "confirmation": "Citron-88"}
        assert client.post(reverse("membership:change-password"), new).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        assert client.get(reverse("membership:home"))["Location"] == reverse("membership:sign-in")


def test_what_a_member_sends_after_the_end_of_the_session_is_given_back(client: Client, member) -> None:
    enter_as(client, member)
    session = client.session
    session[SESSION_KEY] |= {"began": 0}
    session.save()
    text = "Une question longue, écrite pendant que la session prenait fin."
    typed = {"password": "secret-qui-ne-revient-pas jamais et encore moins ici", "mobile": text}
    answer = client.post(reverse("membership:change-mobile"), typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert f"{text}</textarea>" in answer.content.decode()
    assert typed["password"] not in answer.content.decode()
    assert SESSION_KEY not in client.session


def test_who_has_a_password_but_no_mobile_is_told_where_to_ask(client: Client) -> None:
    account = AccountFactory(activated=True, mobile="")
    assert "Aucun téléphone portable vérifié" in say_password(client, account.member).content.decode()
