"""Desks ready to take complaints, their agents, and complaints filed the real way.

`ComplaintFactory()` goes through `file_complaint`: number, people, clocks, first event and receipt are all there.

    ComplaintFactory(desk=desk, complainant__email="amina@exemple.ma")
    ComplaintFactory(dependants=2, documents=3, language="ar", wants_sms=True)
    ComplaintFactory(state="answered")        # led there by the services, as agents and complainants do
    ComplaintFactory(messages=60)             # an exchange of sixty, half of them from the complainant
    ComplaintFactory(opened_at=weeks_ago)   # its clocks run from there
    ComplaintFactory(channel="post", entered_by=agent)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.utils import timezone
from factory.django import DjangoModelFactory

from claims_portal.accounts.models import User
from claims_portal.deadlines.models import Delay
from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector
from complaints.answering import answering_of
from complaints.models import (
    AnswerTemplate,
    AskedField,
    Category,
    Complaint,
    Dependant,
    DocumentKind,
    Mediation,
    Mediator,
    Outcome,
    Procedure,
    Quality,
    Reason,
    Respondent,
)
from complaints.services.answers import Decision
from complaints.services.filing import Filing, file_complaint
from complaints.services.following import write_to_desk
from complaints.services.handling import (
    acknowledge_complaint,
    answer_complaint,
    ask_complement,
    close_complaint,
    send_message,
)
from complaints.workflow import State

from .deadlines import CalendarFactory, DelayFactory
from .documents import DocumentFactory

HANDLES = ["complaints.view_complaint", "complaints.handle", "complaints.see_contact"]
PASSWORD = "Un mot de passe assez long"


@cache
def hashed() -> str:
    """Hashing is slow on purpose: once is enough for all agents."""
    return make_password(PASSWORD)


class ComplaintSectorFactory(DjangoModelFactory[Sector]):
    class Meta:
        model = Sector

    code = factory.Sequence(lambda number: f"secteur-{number}")
    name_fr = "E-réclamation Assurance"
    name_ar = "شكاية إلكترونية: التأمين"


class ComplaintOrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    code = factory.Sequence(lambda number: f"organisme-{number}")
    kind = Organisation.Kind.INSURER
    name_fr = "Assurances de l’Atlas"
    name_ar = "تأمينات الأطلس"
    short_name_fr = "Atlas"
    short_name_ar = "الأطلس"


class ConsentTextFactory(DjangoModelFactory[LegalText]):
    """The data protection text in force, to which complainants consent."""

    class Meta:
        model = LegalText

    kind = LegalText.Kind.DATA_PROTECTION
    version = factory.Sequence(lambda number: f"1.{number}")
    title_fr = "Protection de vos données"
    title_ar = "حماية معطياتكم"
    body_fr = "Vos données servent à traiter votre réclamation."
    body_ar = "تستعمل معطياتكم لمعالجة شكايتكم."
    valid_from = factory.LazyFunction(lambda: datetime(2024, 1, 1, tzinfo=timezone.get_default_timezone()))


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    code = factory.Sequence(lambda number: f"categorie-{number}")
    name_fr = "Retard de remboursement"
    name_ar = "تأخر في التعويض"


class RespondentFactory(DjangoModelFactory[Respondent]):
    class Meta:
        model = Respondent

    code = factory.Sequence(lambda number: f"assureur-{number}")
    name_fr = factory.Sequence(lambda number: f"Mutuelle du Rif {number}")
    name_ar = "تعاضدية الريف"


class OutcomeFactory(DjangoModelFactory[Outcome]):
    """An outcome of every organisation, unless one is named."""

    class Meta:
        model = Outcome

    code = factory.Sequence(lambda number: f"issue-{number}")
    kind = Outcome.Kind.FAVOURABLE
    name_fr = "Favorable"
    name_ar = "مقبولة"


class ReasonFactory(DjangoModelFactory[Reason]):
    class Meta:
        model = Reason

    code = factory.Sequence(lambda number: f"motif-{number}")
    name_fr = "Hors garantie"
    name_ar = "خارج الضمان"


class MediatorFactory(DjangoModelFactory[Mediator]):
    class Meta:
        model = Mediator

    code = factory.Sequence(lambda number: f"mediateur-{number}")
    name_fr = "Le médiateur de l’assurance"
    name_ar = "وسيط التأمين"
    postal_address_fr = "TSA 50110\n75441 Paris Cedex 09"
    website = "https://mediation.example/"
    when_fr = "Deux mois après votre réclamation."
    when_ar = "بعد شهرين من شكايتكم."


class MediationFactory(DjangoModelFactory[Mediation]):
    """A mediator that `desk` names, whoever bears the risk unless `risk_bearer` says."""

    class Meta:
        model = Mediation

    mediator = factory.SubFactory(MediatorFactory)


class AnswerTemplateFactory(DjangoModelFactory[AnswerTemplate]):
    """A template of every organisation, for answers."""

    class Meta:
        model = AnswerTemplate

    code = factory.Sequence(lambda number: f"modele-{number}")
    title_fr = "Réponse type"
    use = AnswerTemplate.Use.ANSWER
    body_fr = "Bonjour {nom}, au sujet de {numero} : {a_completer}."
    body_ar = "السلام عليكم {nom}"


class DeskFactory(DjangoModelFactory[Desk]):
    """A desk with its procedure: receipt within 10 working days, answer within 30, 60 days to reopen.

    `asks` are the extra questions of its form (`AskedField.Field` values), none of them required;
    `procedure=False` leaves it without one.
    """

    class Meta:
        model = Desk
        skip_postgeneration_save = True

    organisation = factory.SubFactory(ComplaintOrganisationFactory)
    code = factory.Sequence(lambda number: f"guichet-{number}")
    name_fr = factory.Sequence(lambda number: f"Service des réclamations {number}")
    name_ar = factory.Sequence(lambda number: f"مصلحة الشكايات {number}")

    @factory.post_generation
    def sectors(self: Desk, create: bool, extracted: Any, **_kwargs: Any) -> None:
        self.sectors.set(extracted if extracted is not None else [ComplaintSectorFactory.create()])

    @factory.post_generation
    def categories(self: Desk, create: bool, extracted: Any, **_kwargs: Any) -> None:
        names = extracted if extracted is not None else ["Retard de remboursement", "Refus de prise en charge"]
        Category.objects.bulk_create(CategoryFactory.build(desk=self, name_fr=name) for name in names)

    @factory.post_generation
    def asks(self: Desk, create: bool, extracted: Any, **_kwargs: Any) -> None:
        AskedField.objects.bulk_create(AskedField(desk=self, field=field) for field in extracted or [])

    @factory.post_generation
    def consent(self: Desk, create: bool, extracted: Any, **_kwargs: Any) -> None:
        ConsentTextFactory(organisation=self.organisation)

    @factory.post_generation
    def procedure(self: Desk, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is not False:
            calendar = CalendarFactory()
            delays = {
                "acknowledgement_delay": DelayFactory.build(calendar=calendar, amount=10),
                "answer_delay": DelayFactory.build(calendar=calendar, amount=30),
                "reopening_delay": DelayFactory.build(calendar=calendar, amount=60, calendar_days=True),
            }
            Delay.objects.bulk_create(delays.values())
            Procedure.objects.create(desk=self, **(delays | kwargs))


@cache
def permissions_of(names: frozenset[str]) -> list[Permission]:
    """The rights of these names (« app.codename »), the same in all tests. KeyError for a name there is not."""
    known = {
        f"{each.content_type.app_label}.{each.codename}": each
        for each in Permission.objects.select_related("content_type")
    }
    return [known[name] for name in names]


class AgentFactory(DjangoModelFactory[User]):
    """A member of staff who handles the complaints of `desks`. Signs in with PASSWORD.

    `permissions` are « app.codename » strings, instead of those of somebody who handles complaints:
    ["complaints.view_complaint"] reads without touching.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"agent{number}@atlas.example")
    first_name = "Salma"
    last_name = factory.Sequence(lambda number: f"Idrissi {number}")
    password = factory.LazyFunction(hashed)
    is_staff = True

    @factory.post_generation
    def desks(self: User, create: bool, extracted: Any, **_kwargs: Any) -> None:
        self.desks.set(extracted or [])

    @factory.post_generation
    def permissions(self: User, create: bool, extracted: Any, **_kwargs: Any) -> None:
        names = frozenset(HANDLES if extracted is None else extracted)
        self.user_permissions.add(*permissions_of(names))


class FactsFactory(factory.DictFactory):
    """What `FactsForm` gives; `category` is filled from the desk when left empty."""

    category = ""
    respondent = ""
    respondent_other = ""
    policy_number = "ATL-2024-001234"
    facts = "Mon dossier de remboursement a été déposé il y a trois mois.\nDepuis, personne ne me répond."
    event_date = factory.LazyFunction(timezone.localdate)
    prior_steps = "Deux appels au standard."
    prior_answer = ""
    desired_outcome = "Recevoir mon remboursement de 1 250 MAD."


class PersonFactory(factory.DictFactory):
    """What `ComplainantForm` gives."""

    quality = Quality.INSURED
    represented_name = ""
    last_name = "El Amrani"
    first_name = "Amina"
    email = factory.Sequence(lambda number: f"amina{number}@exemple.ma")
    mobile = "+212612345678"
    cin = "BK123456"
    city = "Casablanca"


class DependantDataFactory(factory.DictFactory):
    """What `DependantForm` gives."""

    last_name = "El Amrani"
    first_name = factory.Iterator(["Youssef", "Lina", "Sara", "Adam"])
    relation = Dependant.Relation.CHILD
    birth_date = factory.LazyFunction(lambda: datetime(2015, 5, 4).date())


class ComplaintFactory(factory.Factory[Complaint]):
    """A complaint filed through `file_complaint`, then led to `state` by `agent` through the services."""

    class Meta:
        model = Complaint

    desk = factory.SubFactory(DeskFactory)
    facts = factory.SubFactory(FactsFactory)
    complainant = factory.SubFactory(PersonFactory)
    dependants = 0
    documents = 0
    language = "fr"
    wants_sms = False
    opened_at = factory.LazyFunction(timezone.now)
    channel = "web"
    entered_by = None  # the agent who filed it for somebody who wrote, called or came
    state = State.RECEIVED
    agent = None  # made when one is needed
    messages = 0

    @classmethod
    def _create(cls, model_class: type[Complaint], *args: Any, **given: Any) -> Complaint:
        state, agent, messages = given.pop("state"), given.pop("agent"), given.pop("messages")
        complaint = file_complaint(filing=cls.filing(**given))
        if state != State.RECEIVED or messages:
            agent = agent or AgentFactory.create(desks=[complaint.desk])
            exchange(complaint, agent=agent, messages=messages)
            lead_to(complaint, State(state), agent=agent)
        return Complaint.objects.with_case().get(pk=complaint.pk)

    @classmethod
    def filing(cls, *, dependants: int, documents: int, **given: Any) -> Filing:
        """The validated pages of the journey."""
        facts = given["facts"]
        desk = given["desk"]
        facts["category"] = facts["category"] or str(desk.categories.order_by("pk").values_list("pk", flat=True)[0])
        return Filing(
            dependants=DependantDataFactory.create_batch(dependants),
            documents=[(document, DocumentKind.EVIDENCE) for document in DocumentFactory.create_batch(documents)],
            consent_text=LegalText.objects.in_force().filter(organisation=desk.organisation).first(),
            **given,
        )


def exchange(complaint: Complaint, *, agent: User, messages: int) -> None:
    """So many messages, by turns from the complainant and from the agent."""
    for number in range(messages):
        if number % 2:
            send_message(complaint_id=complaint.pk, user=agent, body=f"Bonjour, voici une nouvelle, la {number}e.")
        else:
            write_to_desk(complaint_id=complaint.pk, body=f"Bonjour, avez-vous des nouvelles ? Message {number}.")


def give_answer(*, complaint_id: int, user: User, body: str) -> Complaint:
    """An answer with the first outcome that the desk offers, where it offers some."""
    desk = Complaint.objects.select_related("desk").get(pk=complaint_id).desk
    outcome = next(iter(answering_of(desk).outcomes), None)
    return answer_complaint(complaint_id=complaint_id, user=user, body=body, decision=Decision(outcome))


def lead_to(complaint: Complaint, state: State, *, agent: User) -> None:
    """Bring a complaint just received to another state, step by step."""
    steps: dict[State, list[tuple[Callable[..., Complaint], str]]] = {
        State.RECEIVED: [],
        State.IN_PROGRESS: [(acknowledge_complaint, "")],
        State.COMPLEMENT: [(ask_complement, "Merci d’envoyer la facture acquittée.")],
        State.ANSWERED: [(acknowledge_complaint, ""), (give_answer, "Votre remboursement part demain.")],
        State.CLOSED: [(give_answer, "Votre remboursement est parti."), (close_complaint, "")],
    }
    for step, body in steps[state]:
        step(complaint_id=complaint.pk, user=agent, body=body)
