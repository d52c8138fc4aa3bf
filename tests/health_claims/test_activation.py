"""Activation of online declaration: six steps, a code by SMS, a link by e-mail, and what is tried against them."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags

from claims_portal.accounts import throttles
from claims_portal.accounts.codes import TRIES, CodeUnusable
from claims_portal.accounts.models import OneTimeCode
from claims_portal.accounts.tasks import prune
from claims_portal.notifications.mail import compose
from claims_portal.notifications.models import Message
from claims_portal.organisations.models import Organisation
from health_claims.activation import ActivationStep, due
from health_claims.services import activation
from membership.models import MemberAccount
from tests.factories.membership import AccountFactory, MemberFactory, enter_as
from tests.together import at_once

pytestmark = pytest.mark.django_db

MOBILE, EMAIL = "+212612345678", "salma.essai@exemple.ma"
MINE = {"language": "fr", "address": "192.0.2.1"}
Step = ActivationStep


@pytest.fixture
def account() -> MemberAccount:
    """A member who has accepted the terms and nothing more."""
    return AccountFactory.create()


@pytest.fixture
def client(client: Client, account: MemberAccount) -> Client:
    enter_as(client, account.member)
    return client


def sent(pattern: str, message: Message | None = None) -> str:
    """What the last message says, such as its code or the secret of its link."""
    found = re.search(pattern, (message or Message.objects.latest("pk")).body_text)
    assert found
    return found[1]


def code() -> str:
    return sent(r"(\d{6})")


def token() -> str:
    return sent(r"/lien/([\w-]+)/")


def url(step: Step) -> str:
    return reverse("health_claims:activation-step", args=[step.value])


def answer(client: Client, step: Step, **typed: Any) -> Any:
    return client.post(url(step), typed)


def page(client: Client) -> str:
    """The page on which the member goes on."""
    return client.get(reverse("health_claims:activation"), follow=True).content.decode()


def words(shown: str) -> str:
    """What is read on a page, button or not."""
    return " ".join(strip_tags(shown).split())


def prove_mobile(account: MemberAccount, mobile: str = MOBILE) -> None:
    activation.certify(account_id=account.pk)
    request = activation.ask_code(account_id=account.pk, mobile=mobile, **MINE)
    activation.confirm_mobile(account_id=account.pk, request_id=request, mobile=mobile, code=code())


def ask_link(account: MemberAccount, email: str = EMAIL) -> str:
    activation.ask_link(account_id=account.pk, email=email, language="fr")
    return token()


def now(account: MemberAccount) -> MemberAccount:
    account.refresh_from_db()
    return account


@pytest.mark.req("D44", "D45", "D46", "D47", "D48", "D50", "D51", "D53", "D54", "D59", "D60", "D61", "D62", "D63")
def test_the_six_steps_activate_in_the_order_of_the_guide(client: Client, account: MemberAccount):
    assert client.get(reverse("health_claims:send"))["Location"] == reverse("health_claims:activation")
    assert "J’ai lu et approuvé les règles du contrat au dessus" in page(client)
    assert answer(client, Step.RULES, approved="on")["Location"] == url(Step.MOBILE)
    assert answer(client, Step.MOBILE, mobile="٠٦ ١٢ ٣٤ ٥٦ ٧٨")["Location"] == url(Step.CODE)
    assert now(account).pending_mobile == MOBILE
    assert answer(client, Step.CODE, code=code())["Location"] == url(Step.EMAIL)
    assert now(account).email_asked_at is None
    assert ">Email<" in page(client)
    assert answer(client, Step.EMAIL, email=EMAIL.upper())["Location"] == url(Step.LINK)
    assert f"Un mail est envoyé à l’adresse <bdi>{EMAIL}</bdi>. Merci d’activer le lien." in page(client)
    assert now(account).email_asked_at
    assert not account.is_activated
    assert Client().post(reverse("health_claims:activation-link", args=[token()])).status_code == 200
    assert now(account).is_activated
    assert (account.mobile, account.email) == (MOBILE, EMAIL)
    assert client.get(url(Step.LINK))["Location"] == url(Step.DONE)
    assert "Votre compte pour la déclaration en ligne a été activé." in page(client)
    assert f'href="{reverse("health_claims:send")}">Terminer' in page(client)


@pytest.mark.req("D60", "D61")
def test_the_link_leads_to_the_sixth_step_where_the_member_is_signed_in_and_shows_it_elsewhere(client, account):
    prove_mobile(account)
    address = reverse("health_claims:activation-link", args=[ask_link(account)])
    opened = Client().get(address).content.decode()
    assert str(account.member.policy.organisation) in opened and "Consulter mes dossiers" not in opened
    assert "Consulter mes dossiers" in client.get(address).content.decode()
    assert client.post(address)["Location"] == url(Step.DONE)
    assert "Étape 6 sur 6" in page(client)


@pytest.mark.req("D42", "D43")
def test_the_progress_names_the_six_steps_and_previous_goes_back(client: Client, account: MemberAccount):
    activation.certify(account_id=account.pk)
    shown = page(client)
    assert all(str(step.label) in shown for step in Step)
    assert shown.count('aria-current="step"') == 1
    assert f'href="{url(Step.RULES)}">Précédent' in shown
    assert client.get(url(Step.RULES)).status_code == 200


@pytest.mark.parametrize("step", list(Step)[1:])
def test_a_step_ahead_leads_back_to_the_one_that_is_due(client: Client, step: Step):
    assert client.get(url(step))["Location"] == url(Step.RULES)
    assert answer(client, step, code="123456", email=EMAIL, mobile=MOBILE)["Location"] == url(Step.RULES)


def test_an_unknown_step_is_not_found(client: Client):
    assert client.get(reverse("health_claims:activation-step", args=["septieme"])).status_code == 404


def test_another_browser_goes_on_at_the_same_step(account: MemberAccount):
    activation.certify(account_id=account.pk)
    activation.ask_code(account_id=account.pk, mobile=MOBILE, **MINE)
    elsewhere = Client()
    enter_as(elsewhere, account.member)
    assert "demandez un nouveau code" in page(elsewhere)
    assert "ne sert plus" in answer(elsewhere, Step.CODE, code=code()).content.decode()
    answer(elsewhere, Step.CODE, action="again")
    assert answer(elsewhere, Step.CODE, code=code())["Location"] == url(Step.EMAIL)


@pytest.mark.req("D49")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0522 43 56 00", "ligne fixe"),
        ("0801001818", "numéro spécial"),
        ("+34 612 34 56 78", "Nous ne pouvons pas joindre ce pays"),
        ("", "Indiquez votre numéro de téléphone portable"),
        ("06²²345678", "pas la bonne forme"),
        ("0612345678;0612345679", "un seul numéro"),
        ("\x00", "pas la bonne forme"),
        ("6" * 5000, "un seul numéro"),
    ],
)
def test_a_number_that_cannot_receive_the_code_is_refused_with_its_own_sentence(
    client: Client, account: MemberAccount, typed: str, sentence: str
):
    activation.certify(account_id=account.pk)
    assert sentence in answer(client, Step.MOBILE, mobile=typed).content.decode()
    assert not Message.objects.exists()


def test_a_foreign_mobile_is_taken_where_the_setting_says_so(client: Client, account: MemberAccount, settings):
    settings.SMS_ALLOWED_REGIONS = ["MA", "ES"]
    activation.certify(account_id=account.pk)
    assert answer(client, Step.MOBILE, mobile="+34 612 34 56 78")["Location"] == url(Step.CODE)


def test_a_wrong_code_says_how_many_tries_are_left_until_none_is(client: Client, account: MemberAccount):
    activation.certify(account_id=account.pk)
    answer(client, Step.MOBILE, mobile=MOBILE)
    wrong = f"{(int(code()) + 1) % 10**6:06d}"
    pages = [answer(client, Step.CODE, code=wrong).content.decode() for _each in range(TRIES + 1)]
    assert "Il vous reste 4 essais." in pages[0]
    assert "ne sert plus" in pages[-1]
    assert "ne sert plus" in answer(client, Step.CODE, code=code()).content.decode()


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "١٢", "\x00", "1" * 5000, "²²²²²²"])
def test_what_is_no_code_is_refused_with_a_sentence_and_costs_no_try(
    client: Client, account: MemberAccount, typed: str
):
    activation.certify(account_id=account.pk)
    answer(client, Step.MOBILE, mobile=MOBILE)
    assert "error-summary" in answer(client, Step.CODE, code=typed).content.decode()
    assert OneTimeCode.objects.get().tries == 0


@pytest.mark.req("D52")
def test_another_code_may_be_asked_for_until_the_limit_says_when(client: Client, account: MemberAccount):
    activation.certify(account_id=account.pk)
    answer(client, Step.MOBILE, mobile=MOBILE)
    assert "Si vous ne recevez pas le Code GSM, merci de cliquer sur le lien Réessayer" in words(page(client))
    answers = [answer(client, Step.CODE, action="again") for _each in range(3)]
    assert [each.status_code for each in answers] == [302, 302, 200]
    assert "vous reprendrez à cette étape" in answers[-1].content.decode()
    assert answer(client, Step.CODE, code=code())["Location"] == url(Step.EMAIL)  # the last one is still good


def test_a_late_code_is_refused_with_a_sentence(client: Client, account: MemberAccount):
    activation.certify(account_id=account.pk)
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        request = activation.ask_code(account_id=account.pk, mobile=MOBILE, **MINE)
    with pytest.raises(CodeUnusable):
        activation.confirm_mobile(account_id=account.pk, request_id=request, mobile=MOBILE, code=code())
    assert due(now(account)) == Step.CODE


def test_a_gateway_that_is_down_is_told_and_nothing_is_lost(client: Client, account: MemberAccount):
    activation.certify(account_id=account.pk)
    answer(client, Step.MOBILE, mobile=MOBILE)
    assert "n’a pas pu partir" not in page(client)
    Message.objects.update(state=Message.State.RETRY)
    assert "Le SMS n’a pas pu partir pour l’instant." in page(client)
    answer(client, Step.CODE, action="again")
    asked_again = page(client)
    assert "Les SMS ne partent pas pour l’instant" in asked_again and "Un nouveau code est parti" not in asked_again
    assert due(now(account)) == Step.CODE


def test_a_code_for_one_mobile_does_not_prove_another_given_since(account: MemberAccount):
    activation.certify(account_id=account.pk)
    first = activation.ask_code(account_id=account.pk, mobile=MOBILE, **MINE)
    its_code = code()
    second = activation.ask_code(account_id=account.pk, mobile="+212661234567", **MINE)
    with pytest.raises(CodeUnusable):
        activation.confirm_mobile(account_id=account.pk, request_id=first, mobile=MOBILE, code=its_code)
    with pytest.raises(CodeUnusable):  # the right code of the second, told to be the first's
        activation.confirm_mobile(account_id=account.pk, request_id=second, mobile=MOBILE, code=code())
    assert not now(account).mobile


def test_a_code_of_another_member_proves_nothing(account: MemberAccount):
    other = AccountFactory.create()
    activation.certify(account_id=account.pk)
    activation.ask_code(account_id=account.pk, mobile=MOBILE, **MINE)
    theirs = activation.ask_code(account_id=other.pk, mobile=MOBILE, **MINE)
    with pytest.raises(CodeUnusable):
        activation.confirm_mobile(account_id=account.pk, request_id=theirs, mobile=MOBILE, code=code())


def test_changing_the_mobile_asks_a_new_code_and_the_proved_one_asks_none(client: Client, account: MemberAccount):
    prove_mobile(account)
    assert answer(client, Step.MOBILE, mobile="0661234567")["Location"] == url(Step.CODE)
    assert now(account).mobile == MOBILE
    assert answer(client, Step.MOBILE, mobile=MOBILE)["Location"] == url(Step.EMAIL)
    assert not now(account).pending_mobile


def test_a_link_opened_while_a_new_mobile_waits_activates_with_its_code_only(client: Client, account: MemberAccount):
    prove_mobile(account)
    secret = ask_link(account)
    answer(client, Step.MOBILE, mobile="0661234567")
    awaited = code()
    shown = Client().post(reverse("health_claims:activation-link", args=[secret]))
    assert "il reste à saisir le code" in shown.content.decode()
    assert not now(account).is_activated
    assert answer(client, Step.CODE, code=awaited)["Location"] == url(Step.DONE)
    assert (now(account).mobile, account.email) == ("+212661234567", EMAIL)


def test_a_family_may_share_a_mobile_and_an_address(account: MemberAccount):
    other = MemberFactory.create(activated=True)
    prove_mobile(account, str(other.account.mobile))
    assert activation.confirm_email(token=ask_link(account, other.account.email)).is_activated


@pytest.mark.req("D55")
def test_the_mail_may_be_asked_for_again_until_the_limit_says_when(client: Client, account: MemberAccount):
    prove_mobile(account)
    answer(client, Step.EMAIL, email=EMAIL)
    assert "Si vous ne recevez pas le mail, merci de cliquer sur le lien Réessayer" in words(page(client))
    answers = [answer(client, Step.LINK, action="again") for _each in range(5)]
    assert [each.status_code for each in answers] == [302] * 4 + [200]
    assert "Les liens reçus restent valables" in answers[-1].content.decode()


def test_each_mail_received_for_the_same_address_activates(account: MemberAccount):
    prove_mobile(account)
    first = ask_link(account)
    ask_link(account)
    assert activation.confirm_email(token=first).is_activated


def test_opening_the_link_only_shows_a_button(client: Client, account: MemberAccount):
    prove_mobile(account)
    address = reverse("health_claims:activation-link", args=[ask_link(account)])
    assert [Client().get(address).status_code for _each in range(2)] == [200, 200]
    assert Client().head(address).status_code == 200
    assert not now(account).is_activated


def test_next_before_the_link_was_opened_says_what_is_awaited(client: Client, account: MemberAccount):
    prove_mobile(account)
    ask_link(account)
    shown = client.post(url(Step.LINK), follow=True)
    assert "Le lien n’est pas encore activé" in shown.content.decode()


def unusable(account: MemberAccount, case: str) -> str:
    """A link that must not work any more."""
    secret = ask_link(account)
    if case == "used":
        activation.confirm_email(token=secret)
    if case == "replaced":
        ask_link(account, "autre@exemple.ma")
    if case == "of another purpose":
        return "x" * 43
    return secret


@pytest.mark.parametrize("case", ["used", "replaced", "of another purpose", "late"])
def test_a_link_that_does_not_work_is_told_in_a_sentence(account: MemberAccount, case: str):
    prove_mobile(account)
    address = reverse("health_claims:activation-link", args=[unusable(account, case)])
    with time_machine.travel(timezone.now() + timedelta(hours=49 if case == "late" else 0)):
        for method in (Client().get, Client().post):
            shown = method(address)
            assert shown.status_code == 404
            assert "Ce lien ne fonctionne plus" in shown.content.decode()


@pytest.mark.parametrize("secret", ["%00", "%ED%A0%80", "a" * 4000, "'; DROP TABLE", "%D9%A1"])
def test_a_link_made_up_is_told_the_same(client: Client, secret: str):
    address = reverse("health_claims:activation-link", args=["SECRET"]).replace("SECRET", secret)
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]


@pytest.mark.django_db(transaction=True)
def test_a_link_pressed_twice_at_once_serves_once():
    account = AccountFactory.create()
    prove_mobile(account)
    secret = ask_link(account)
    ends = at_once(*[lambda: activation.confirm_email(token=secret)] * 3)
    assert sorted(type(end).__name__ for end in ends) == ["LinkUnusable", "LinkUnusable", "MemberAccount"]
    assert now(account).is_activated


@pytest.mark.django_db(transaction=True)
def test_a_code_pressed_twice_at_once_counts_once_and_both_tabs_go_on():
    account = AccountFactory.create()
    activation.certify(account_id=account.pk)
    client = Client()
    enter_as(client, account.member)
    answer(client, Step.MOBILE, mobile=MOBILE)
    right = code()
    ends = at_once(*[lambda: answer(client, Step.CODE, code=right)] * 2)
    assert {end["Location"] for end in ends if end.status_code == 302} <= {url(Step.EMAIL)}
    assert due(now(account)) == Step.EMAIL


def test_a_tab_left_open_at_an_earlier_step_changes_nothing_once_activated(client: Client, account: MemberAccount):
    prove_mobile(account)
    activation.confirm_email(token=ask_link(account))
    for step, typed in ((Step.MOBILE, {"mobile": "0661234567"}), (Step.EMAIL, {"email": "autre@exemple.ma"})):
        assert answer(client, step, **typed)["Location"] == url(Step.DONE)
    with pytest.raises(activation.AlreadyActivated):
        activation.ask_code(account_id=account.pk, mobile="+212661234567", **MINE)
    with pytest.raises(activation.AlreadyActivated):
        activation.ask_link(account_id=account.pk, email="autre@exemple.ma", language="fr")


def test_a_month_of_wrong_codes_ends_with_a_sentence(client: Client, account: MemberAccount, settings):
    settings.THROTTLES = settings.THROTTLES | {"code-failures": (1, 30 * 24 * 3600)}
    activation.certify(account_id=account.pk)
    answer(client, Step.MOBILE, mobile=MOBILE)
    wrong = f"{(int(code()) + 1) % 10**6:06d}"
    assert "Il vous reste" in answer(client, Step.CODE, code=wrong).content.decode()
    assert "Trop de codes faux" in answer(client, Step.CODE, code=wrong).content.decode()


@pytest.mark.req("D56", "D57", "D58")
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_messages_say_nothing_of_the_person(account: MemberAccount, language: str):
    member = account.member
    Organisation.objects.update(activation_sender="Demande déclaration\r\nBcc: a@b.c")
    activation.certify(account_id=account.pk)
    activation.ask_code(account_id=account.pk, mobile=MOBILE, language=language, address="192.0.2.1")
    activation.ask_link(account_id=account.pk, email=EMAIL, language=language)
    for message in Message.objects.all():
        whole = f"{message.subject} {message.body_text} {message.body_html}"
        for personal in (member.number, member.cin, member.last_name, member.first_name, member.policy.number):
            assert personal not in whole
    mail = Message.objects.get(channel="email")
    assert parseaddr(str(compose(mail).message()["From"]))[1] == "portail@localhost"
    assert mail.sender_name == "Demande déclaration Bcc: a@b.c"
    if language == "fr":
        assert mail.subject == "Activation demande de déclaration en ligne"
    assert f"{'/ar' if language == 'ar' else ''}/sante/activation/lien/" in mail.body_text


def test_the_night_deletes_codes_that_are_over(account: MemberAccount):
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        activation.ask_code(account_id=account.pk, mobile=MOBILE, **MINE)
    prune()
    assert not OneTimeCode.objects.exists()


def test_a_limit_keeps_the_number_that_was_asked_for_before(client: Client, account: MemberAccount):
    activation.certify(account_id=account.pk)
    for _each in range(3):
        activation.ask_code(account_id=account.pk, mobile=MOBILE, **MINE)
    with pytest.raises(throttles.LimitReached):
        activation.ask_code(account_id=account.pk, mobile="+212661234567", **MINE)
    assert now(account).pending_mobile == MOBILE


@pytest.mark.parametrize("reached", list(Step))
def test_each_step_costs_a_few_queries_and_reads_from_the_right_in_arabic(
    client: Client, django_assert_max_num_queries: Any, reached: Step
):
    account = AccountFactory.create(
        certified_at=timezone.now() if reached != Step.RULES else None,
        pending_mobile=MOBILE if reached == Step.CODE else "",
        mobile=MOBILE if reached in (Step.EMAIL, Step.LINK, Step.DONE) else "",
        pending_email=EMAIL if reached == Step.LINK else "",
        activated_at=timezone.now() if reached == Step.DONE else None,
    )
    enter_as(client, account.member)
    with django_assert_max_num_queries(8):
        assert client.get(url(reached)).status_code == 200
    with translation.override("ar"):
        shown = client.get(url(reached)).content.decode()
    assert '<html lang="ar" dir="rtl">' in shown


def test_another_code_is_not_promised_once_the_mobile_is_proved(client: Client, account: MemberAccount):
    prove_mobile(account)
    answered = client.post(url(Step.CODE), {"action": "again"}, follow=True)
    assert OneTimeCode.objects.count() == 1
    assert "Un nouveau code est parti" not in answered.content.decode()
