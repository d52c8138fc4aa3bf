"""Whatever is typed, anywhere: a sentence or acceptance, never an error page of ours, and nothing typed is lost."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from claims_portal.organisations.models import Desk
from claims_portal.wizards.models import Draft
from complaints import access
from complaints.models import AskedField, Complaint
from complaints.steps import filing
from tests.complaints.public import right_to
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.documents import upload
from tests.factories.wizards import DraftFactory, complete_answers
from tests.rows import Rows

Raw = dict[str, list[bytes]]
URLENCODED = "application/x-www-form-urlencoded"
LONG = 1024 * 1024

TEXTS: dict[str, bytes] = {
    "nul": b"avant\x00apr\xc3\xa8s", "only nul": b"\x00\x00",
    "lone surrogates": b"demi \xed\xa0\x80\xed\xbf\xbf moiti\xc3\xa9",
    "invalid utf-8": b"\xff\xfe\xfa caf\xe9", "overlong utf-8": b"\xc0\xaf\xe0\x80\xaf",
    "emoji": "👩‍👩‍👧‍👦 🇲🇦 🏳️‍🌈".encode(),
    "bidi overrides": "\u202egnp.exe\u202c \u2066caché\u2069".encode(),
    "line ends": "Amina\r\nBcc: tous@exemple.ma\r\n\r\nTexte\u2028\u2029\x85fin".encode(),
    "controls": bytes(range(1, 32)) + b"\x7f\xc2\x80",
    "html": b"</textarea><script>alert('1')</script><img src=x onerror=alert(1)>",
    "templates": b"{{ settings.SECRET_KEY }} {% debug %} ${7*7} #{1}",
    "formats": b"%s %d %(email)s {0} {email!r} %%", "json": b'{"__proto__": {"a": [1, 2]}}',
    "sql": b"'; DROP TABLE complaints_complaint; -- \" \\' OR 1=1",
    "one long word": b"a" * 30_000,
    "combining marks": ("z" + "\u0301" * 5000).encode(),
    "blanks": "\u00a0\u200b\ufeff \t\u3000".encode(),
    "superscript digits": "²³¹".encode(), "arabic digits": "٠٦١٢٣٤٥٦٧٨".encode(),
    "huge number": b"9" * 400, "negative number": b"-9223372036854775809",
    "not a number": b"NaN", "exponent": b"1e999",
    "underscored number": b"1_000", "path": b"../../../../etc/passwd\\..\\",
    "two phones": b"0612345678;0712345678 ext. 99",
    "dates": b"0000-00-00", "far date": b"9999-12-31",
    "arabic date": "٢٠٢٦-٠٢-٣٠".encode(),
    "e-mail with a name": b"\"A\" <a@exemple.ma>, b@exemple.ma",
    "unicode domain": "amina@éxämple.ma".encode(),
}  # fmt: skip


@dataclass
class Form:
    """Where a form goes, which of its fields take text, and what else it must hold."""

    url: str
    texts: list[str]
    others: dict[str, str] = field(default_factory=dict)
    choices: list[str] = field(default_factory=list)


@dataclass
class Place:
    """A browser of somebody who has a draft and follows a case, and one of an agent."""

    public: Client
    agent: Client
    draft: str
    complaint: Complaint

    def step(self, slug: str) -> str:
        return reverse("complaints:filing", args=[self.draft, slug])

    def case(self, name: str) -> str:
        return reverse(f"complaints:{name}", args=[self.complaint.number])

    def follow(self, complaint: Complaint) -> None:
        """Let the public browser follow this case too."""
        self.complaint = complaint
        session = self.public.session
        session[access.SESSION_KEY] = session.get(access.SESSION_KEY, {}) | {complaint.number: right_to(complaint)}
        session.save()

    def answered(self) -> Place:
        """The same, with a case that may still be written to, closed or opened again."""
        if Complaint.objects.get(pk=self.complaint.pk).state != "answered":
            self.follow(ComplaintFactory.create(desk=self.complaint.desk, state="answered"))
        return self

    def of_agent(self, name: str) -> str:
        return reverse(f"admin:complaints_complaint_{name}", args=[self.complaint.pk])


# What any field that may not stay empty takes.
HONEST = dict.fromkeys(("last_name", "first_name", "city", "respondent_other", "facts"), b"Amina")
HONEST |= {"email": b"amina@exemple.ma", "birth_date": b"2010-02-03"}


def whole_answers(desk: Desk) -> dict[str, Any]:
    return complete_answers(desk, reclamation={"respondent": ["other"], "respondent_other": ["Caisse"]})


class Furniture:
    """The rows of a place, made once and put back for each test, and the cookies that go with them."""

    def __init__(self) -> None:
        self.rows = Rows(self.make)
        self.public, self.agent = Client(), Client()

    def make(self) -> None:
        desk = DeskFactory.create(asks=AskedField.Field.values)
        complaint = ComplaintFactory.create(desk=desk, state="answered")
        draft = DraftFactory.create(desk=desk, answers=whole_answers(desk))
        session = self.public.session
        session["drafts"] = [str(draft.pk)]
        session.save()
        worker = AgentFactory.create(desks=[desk])
        self.agent.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
        Place(self.public, self.agent, str(draft.pk), complaint).follow(complaint)

    def place(self) -> Place:
        self.rows.put()
        public, agent = Client(), Client()
        public.cookies.update(self.public.cookies)
        agent.cookies.update(self.agent.cookies)
        complaint = Complaint.objects.select_related("desk").get()
        return Place(public, agent, str(Draft.objects.get().pk), complaint)


@pytest.fixture(scope="module")
def furniture() -> Furniture:
    return Furniture()


@pytest.fixture
def place(db: None, settings, furniture: Furniture) -> Place:
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, (10**6, 3600))
    settings.PATIENCE_SECONDS = 0
    return furniture.place()


def gate(place: Place) -> Form:
    return Form(place.step("demande"), [], choices=["kind"])


def subject(place: Place) -> Form:
    texts = ["respondent_other", "policy_number", "registration_number", "subscriber", "claim_reference"]
    category = str(place.complaint.category_id)
    others = {"category": category, "respondent": "other"}
    return Form(place.step("reclamation"), texts, others, ["category", "respondent"])


def facts(place: Place) -> Form:
    return Form(place.step("faits"), ["facts", "event_date", "prior_steps", "prior_answer", "desired_outcome"])


def complainant(place: Place) -> Form:
    names = ["represented_name", "last_name", "first_name", "address", "postal_code", "city"]
    texts = [*names, "cin", "cnss_number", "nir", "email", "mobile"]
    return Form(place.step("reclamant"), texts, {"quality": "insured"}, ["quality"])


def dependants(place: Place) -> Form:
    others = {"relation": "child", "action": "add"}
    return Form(place.step("ayants-droit"), ["last_name", "first_name", "birth_date"], others, ["relation", "remove"])


def documents(place: Place) -> Form:
    return Form(place.step("pieces"), [], {"action": "upload"}, ["kind"])


def review(place: Place) -> Form:
    return Form(place.step("verification"), [], choices=["waiting", "proof", "consent", "wants_sms"])


def later(place: Place) -> Form:
    return Form(reverse("later", args=[place.draft]), ["email"])


def tracking(place: Place) -> Form:
    return Form(reverse("complaints:track"), ["number", "email", "mobile"])


def mine(place: Place) -> Form:
    return Form(reverse("complaints:mine"), ["email"])


def exchange(place: Place) -> Form:
    return Form(place.answered().case("exchange"), ["body"])


def withdraw(place: Place) -> Form:
    return Form(place.answered().case("withdraw"), ["comment"], choices=["satisfaction"])


def reopen(place: Place) -> Form:
    return Form(place.answered().case("reopen"), ["reason"])


PUBLIC = [gate, subject, facts, complainant, dependants, documents, review, later, tracking, mine]
PUBLIC += [exchange, withdraw, reopen]


def sent(client: Client, form: Form, raw: Raw):
    """Post these bytes as a browser encodes them."""
    known = {name: [value.encode()] for name, value in form.others.items()} | raw
    body = "&".join(f"{name}={quote_from_bytes(value)}" for name, values in known.items() for value in values)
    return client.post(form.url, body, content_type=URLENCODED)


@contextmanager
def as_it_was() -> Iterator[None]:
    """What is written meanwhile is taken back: the next text finds the same case, which may still be acted on."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refused(response) -> bool:
    """False when it was accepted; when refused, a sentence must say why."""
    assert response.status_code < 500
    if response.status_code in (302, 303):
        return False
    page = response.content.decode()
    if response.status_code != 404:
        sent_link = any(each.name == "complaints/mine_sent.html" for each in response.templates)
        assert sent_link or 'class="error' in page or 'role="alert"' in page
    return response.status_code in (200, 422) and 'class="error' in page


def assert_kept(response, names: list[str], value: bytes) -> None:
    """What was typed is in the page again, in each field."""
    shown = html.unescape(response.content.decode()).replace("\r\n", "\n")
    typed = value.decode("utf-8", "replace").replace("\r\n", "\n")
    assert shown.count(typed) >= len(names)


@pytest.mark.parametrize("form_of", PUBLIC)
def test_no_text_breaks_a_form_and_what_is_refused_is_still_there(place: Place, form_of: Callable[[Place], Form]):
    form = form_of(place)
    for value in TEXTS.values():
        with as_it_was():
            response = sent(place.public, form, {name: [value] for name in [*form.texts, *form.choices]})
            refused(response)
        if form.choices:
            with as_it_was():
                response = sent(place.public, form, {name: [value] for name in form.texts})
        if refused(response):
            assert_kept(response, form.texts, value)


@pytest.mark.parametrize("form_of", [subject, facts, complainant, later, tracking, exchange, reopen])
def test_a_text_of_a_megabyte_is_refused_with_a_sentence_and_kept(place: Place, form_of: Callable[[Place], Form]):
    form = form_of(place)
    for letter in ("a", "ش"):
        value = letter.encode() * (LONG // len(letter.encode()))
        response = sent(place.public, form, {form.texts[0]: [value]})
        assert refused(response)
        assert_kept(response, form.texts[:1], value)


@pytest.mark.parametrize("form_of", PUBLIC)
def test_fields_that_are_missing_repeated_or_unknown_break_nothing(place: Place, form_of: Callable[[Place], Form]):
    names = [*form_of(place).texts, *form_of(place).choices]
    bodies: list[Raw] = [
        {},
        {name: [b"un", b"deux", b""] for name in names},
        {f"{name}[]": [b"un"] for name in names} | {"id": [b"1"], "draft_id": [b"2"]},
    ]
    for raw in bodies:
        form = form_of(place)
        refused(sent(place.public, Form(form.url, form.texts), raw))


@pytest.mark.parametrize("form_of", [facts, documents, tracking, exchange])
def test_bodies_that_are_no_form_get_a_page_that_says_so(place: Place, form_of: Callable[[Place], Form]):
    url = form_of(place).url
    bodies = [
        (b'{"facts": ["a"]}', "application/json"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"<a/>", "text/xml"),
        (b"a=b", "nonsense"),
        (b"--x\r\nContent-Disposition: form-data; name=\"facts\"", "multipart/form-data; boundary=x"),
        (b"abc", "multipart/form-data"),
        (b"abc", "multipart/form-data; boundary=" + "x" * 300),
        (b"--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=a\r\n\r\n!\r\n--x--",
         "multipart/form-data; boundary=x"),
        (b"facts=a", f"{URLENCODED}; charset=klingon"),
        (b"facts=a", f"{URLENCODED}; charset=utf-16"),
        ("&".join(f"champ{number}=1" for number in range(500)).encode(), URLENCODED),
        (b"facts=" + b"a" * (5 * LONG), URLENCODED),
    ]  # fmt: skip
    for body, content_type in bodies:
        response = place.public.generic("POST", url, body, content_type=content_type)
        assert response.status_code in (200, 302, 400), content_type
        assert response.status_code == 302 or "<h1" in response.content.decode()


@pytest.mark.parametrize("form_of", [*PUBLIC, lambda place: Form(place.of_agent("answer"), [])])
def test_other_methods_are_answered(place: Place, form_of: Callable[[Place], Form]):
    for client in (place.public, place.agent):
        for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
            assert client.generic(method, form_of(place).url, b"a=b").status_code < 500


def test_addresses_that_lead_nowhere_are_not_found(place: Place):
    words = ["inconnu", "%00", "%ED%A0%80", "٠١٢", "9" * 400, "-1", "a" * 5000, "%2e%2e%2f", "'--", "%F0%9F%98%80"]
    bases = ["/reclamations/", "/reclamations/suivi/", "/reclamations/verification/", "/brouillons/reprendre/"]
    bases += ["/reclamations/mes-reclamations/", "/secteurs/", "/textes/", f"/reclamations/depot/{place.draft}/"]
    bases += [f"/reclamations/suivi/{place.complaint.number}/documents/", "/gestion/complaints/complaint/", "/ar/"]
    for client in (place.public, place.agent):
        for path in (f"{base}{word}/" for base in bases for word in words):
            assert client.get(path).status_code in (301, 302, 404), path
            assert client.post(path).status_code in (301, 302, 404, 405), path


def test_what_stands_behind_a_question_mark_breaks_nothing(place: Place):
    pages = [place.step("faits"), place.step("pieces"), reverse("complaints:mine-all"), place.case("dashboard")]
    pages += [reverse("admin:complaints_complaint_changelist"), place.of_agent("change"), reverse("home")]
    parameters = ["avant", "corriger", "revoir", "file", "q", "p", "o", "e", "apres", "page", "continuer", "next"]
    for name in ("nul", "lone surrogates", "html", "huge number", "negative number", "superscript digits", "controls"):
        value = TEXTS[name]
        query = "&".join(f"{parameter}={quote_from_bytes(value)}" for parameter in parameters)
        expected = (400,) if name in ("nul", "lone surrogates") else (200, 302, 404)
        for client in (place.public, place.agent):
            for page in pages:
                assert client.get(f"{page}?{query}").status_code in expected


@pytest.mark.parametrize("action", ["acknowledge", "answer", "note"])
def test_no_text_of_an_agent_breaks_the_case_page(place: Place, action: str):
    place.complaint = ComplaintFactory.create(desk=place.complaint.desk)
    form = Form(place.of_agent(action), ["body"], choices=["seen"])
    last = place.complaint.events.order_by("-pk").values_list("pk", flat=True)[0]
    taken = 0
    for value in TEXTS.values():
        with as_it_was():
            response = sent(place.agent, form, {"body": [value], "seen": [str(last).encode()]})
            assert response.status_code in (302, 422)
            if response.status_code == 302:
                taken += 1
                assert place.agent.get(place.of_agent("change")).status_code == 200
    assert taken > len(TEXTS) / 2
    for seen in (b"9" * 30, b"-1", b"\x00", b"", "٣".encode()):
        assert sent(place.agent, form, {"body": [b"a"], "seen": [seen]}).status_code in (302, 404, 409, 422)


def test_no_text_breaks_the_search_and_the_sign_in_of_agents(place: Place):
    search = Form(reverse("admin:complaints_complaint_search"), ["texte"])
    sign_in = Form(reverse("admin:login"), ["username", "password"])
    for value in TEXTS.values():
        found = sent(place.agent, search, {"texte": [value]})
        assert place.agent.get(found["Location"]).status_code == 200
    for name in ("nul", "lone surrogates", "one long word", "controls", "sql"):  # each is a slow hash
        answer = sent(Client(), sign_in, {each: [TEXTS[name]] for each in sign_in.texts})
        assert answer.status_code in (200, 429)


def test_hostile_texts_that_were_accepted_go_all_the_way(place: Place):
    pages = []
    for value in TEXTS.values():
        draft = DraftFactory.create(desk=place.complaint.desk)
        draft.answers = whole_answers(draft.desk)
        draft.save()
        place.draft = str(draft.pk)
        session = place.public.session
        session["drafts"] = [place.draft]
        session.save()
        for form in (subject(place), facts(place), complainant(place), dependants(place)):
            response = sent(place.public, form, {name: [value] for name in form.texts})
            if refused(response):  # what is refused is put right: all that was accepted goes on together
                wrong = response.context["form"].errors
                typed = {name: [HONEST.get(name, b"")] if name in wrong else [value] for name in form.texts}
                assert not refused(sent(place.public, form, typed)), (form.url, value)
        assert place.public.get(place.step("verification")).status_code in (200, 302)
        response = sent(place.public, review(place), {"consent": [b"on"]})
        pages.append(response.status_code)
        complaint = Complaint.objects.filter(draft_id=draft.pk).first()
        if complaint is not None:
            place.complaint = complaint
            assert place.public.get(reverse("complaints:done", args=[draft.pk])).status_code == 200
            assert place.public.get(place.case("dashboard")).status_code == 200
            assert place.agent.get(place.of_agent("change")).status_code == 200
    assert place.agent.get(reverse("admin:complaints_complaint_changelist")).status_code == 200
    assert Complaint.objects.filter(draft_id__isnull=False).count() > len(TEXTS) / 2


def test_a_pdf_of_hostile_texts_can_be_drawn(place: Place):
    told = "\n".join(value.decode("utf-8", "replace") for value in TEXTS.values() if len(value) < 6000)
    form = facts(place)
    assert sent(place.public, form, {"facts": [told.encode()]}).status_code == 302
    sent(place.public, review(place), {"consent": [b"on"]})
    place.follow(Complaint.objects.get(draft_id=place.draft))
    for name in ("receipt", "case-pdf"):
        assert place.public.get(place.case(name)).content.startswith(b"%PDF")


@pytest.mark.req("C33")
@pytest.mark.parametrize("form_of", [documents, exchange])
def test_eleven_files_at_once_are_refused_with_a_sentence(place: Place, form_of: Callable[[Place], Form]):
    form = form_of(place)
    files = [upload(b"%PDF", f"{number}.pdf") for number in range(11)]
    response = place.public.post(form.url, form.others | {"body": "Voici mes pièces.", "files": files})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "a" * 250 + ".pdf", "é\u202efdp.exe", "a\r\nb.pdf", "\x00.pdf", '"']
)
def test_no_file_name_breaks_an_upload(place: Place, name: str):
    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    body = (
        head + upload().read() + b'\r\n--x\r\nContent-Disposition: form-data; name="action"\r\n\r\nupload\r\n--x--\r\n'
    )
    response = place.public.post(documents(place).url, body, content_type="multipart/form-data; boundary=x")
    assert response.status_code in (200, 302)
    assert place.public.get(documents(place).url).status_code == 200


@rules(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), max_size=200), form_of=st.sampled_from([facts, complainant, dependants, tracking]))
def test_any_text_at_all(place: Place, text: str, form_of: Callable[[Place], Form]):
    value = text.encode("utf-8", "surrogatepass")
    form = form_of(place)
    response = sent(place.public, form, {name: [value] for name in form.texts})
    if refused(response) and value.strip():
        assert_kept(response, form.texts[:1], value)
    for step in filing:
        assert place.public.get(place.step(step.slug)).status_code in (200, 302)


@rules(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=8))
def test_any_fields_at_all(place: Place, fields: dict[str, str]):
    for form in (subject(place), complainant(place), documents(place), review(place)):
        body = urlencode({name: value.encode() for name, value in fields.items()} | {"action": "next"})
        refused(place.public.post(form.url, body, content_type=URLENCODED))
