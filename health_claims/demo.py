"""The sickness files of a demonstration: one member's space with a bit of everything, made through the services."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from claims_portal.accounts.models import User
from claims_portal.documents.models import Document
from claims_portal.documents.services import receive_document
from membership.models import Guarantee, Member
from membership.services.signing_in import accept_terms, open_account

from .models import Declaration, IdentityPaper
from .roles import HANDLERS, SETTLERS, ensure_roles
from .services.approving import Asked, Decided, enter_approval
from .services.deciding import reject_declaration, validate_declaration
from .services.declaring import Declared, declare
from .services.papers import accept_paper, keep_paper
from .services.reasons import load_reasons, offered_reasons
from .services.settling import make_batch, order_payment, pay_batch
from .services.statements import EnteredLine, compute_statement

POLICY, MEMBER = "2000GRP0001380", "100001"
AGENT = "agent.saham@demo.invalid"
MOBILE, EMAIL = "+212600000001", "salma.exemple@demo.invalid"
D = Decimal


@dataclass(frozen=True)
class Care:
    """What one declaration of the demonstration is about."""

    prestation: str
    amount: str
    days_ago: int
    child: str = ""  # a first name; "" for the member
    files: tuple[str, ...] = ("feuille-de-soins.png",)


OPTICS = Care("optique", "2100.00", 40, "Yassine", ("feuille-de-soins.png", "facture-opticien.png"))
REHABILITATION = Care("reeducation", "4800.00", 60)
SCANNER = Care("scanner", "1200.00", 25)
WAITING = Care("odf", "3000.00", 12, "Anas", ("feuille-de-soins.png", "facture-orthodontiste.png"))


def load_claims(*, refresh: bool = False) -> None:
    """Roles, reasons, the agent's rights, and the files of one member; once, unless the roles are to be put back."""
    ensure_roles(refresh=refresh)
    agent = User.objects.get(email=AGENT)
    agent.groups.add(*Group.objects.filter(name__in=[HANDLERS, SETTLERS]))
    if Declaration.objects.exists():
        return
    load_reasons()
    member = Member.objects.select_related("policy__organisation", "policy__desk")
    salma = member.get(policy__number=POLICY, number=MEMBER)
    activate(salma, agent)
    optics = validate_declaration(declaration_id=declared(salma, OPTICS).pk, user=agent)
    care = validate_declaration(declaration_id=declared(salma, REHABILITATION).pk, user=agent)
    lines = [EnteredLine(label="Rééducation, 40 séances", spent=D("4800"), base_paid=D("960"))]
    compute_statement(claim_id=care.pk, user=agent, lines=lines)
    batch = make_batch(organisation=salma.policy.organisation, desk_ids=[salma.policy.desk_id], user=agent)
    order_payment(batch_id=batch.pk, user=agent)
    pay_batch(batch_id=batch.pk)
    lines = [
        EnteredLine(label="Verres et monture", spent=D("1950"), base_paid=D("200")),
        EnteredLine(label="Consultation de l’ophtalmologue", spent=D("150"), letter="Cs"),
    ]
    compute_statement(claim_id=optics.pk, user=agent, lines=lines)
    unreadable = offered_reasons(organisation=salma.policy.organisation, uses=["rejection"])["rejection"]
    reason = next(each for each in unreadable if each.code == "unreadable-piece")
    reject_declaration(
        declaration_id=declared(salma, SCANNER).pk, user=agent, reason=reason, note="Le cachet ne se lit pas."
    )
    declared(salma, WAITING)
    approved(salma, WAITING, agent)


def activate(member: Member, agent: User) -> None:
    """The account as the six steps and the first sending leave it."""
    account = open_account(member=member, language="fr")
    accept_terms(member=member)
    now = timezone.now()
    account.set_password(settings.DEMO_PASSWORD)
    account.mobile, account.email = MOBILE, EMAIL
    account.certified_at = account.email_asked_at = account.activated_at = now
    fields = ["password", "mobile", "email", "certified_at", "email_asked_at", "activated_at"]
    account.save(update_fields=fields)
    for kind in IdentityPaper.Kind:
        paper = keep_paper(member_id=member.pk, kind=kind, document=specimen(f"{kind.value}.png", str(kind.label)))
        accept_paper(paper_id=paper.pk, user=agent)


def declared(member: Member, care: Care) -> Declaration:
    """One declaration, sent now, about care of some days ago."""
    day = timezone.localdate() - timedelta(days=care.days_ago)
    guarantee = Guarantee.objects.on(day).get(policy=member.policy, prestation__code=care.prestation)
    patient = member.beneficiaries.get(first_name=care.child) if care.child else None
    title = guarantee.prestation.name
    return declare(
        declared=Declared(
            member=member,
            guarantee=guarantee,
            care_date=day,
            amount=D(care.amount),
            documents=[specimen(name, f"{title} : {name.removesuffix('.png')}") for name in care.files],
            patient=patient,
        )
    )


def approved(member: Member, care: Care, agent: User) -> None:
    """The prior approval that the contract asks for such care, granted before it."""
    today = timezone.localdate()
    guarantee = Guarantee.objects.on(today).get(policy=member.policy, prestation__code=care.prestation)
    asked, first = today - timedelta(days=care.days_ago + 20), today - timedelta(days=care.days_ago + 10)
    enter_approval(
        asked=Asked(
            member=member,
            prestation=guarantee.prestation,
            asked_on=asked,
            patient=member.beneficiaries.get(first_name=care.child),
            document=specimen("plan-de-traitement.png", "Plan de traitement"),
        ),
        user=agent,
        decided=Decided("granted", first, f"EP-{first:%Y}-0142", first, first + timedelta(days=365)),
    )


def specimen(name: str, title: str) -> Document:
    """A page that says plainly that it is an example, checked and stored as any file."""
    page = Image.new("RGB", (1000, 1414), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((60, 60, 940, 1354), outline="#0b5d4f", width=4)
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()  # what the built-in font has
    draw.text((110, 120), plain, fill="#17212b", font=ImageFont.load_default(size=40))
    for line in range(260, 1200, 60):
        draw.line((110, line, 890, line), fill="#d9e0de", width=3)
    draw.text((110, 1230), "SPECIMEN - DEMONSTRATION", fill="#b3261e", font=ImageFont.load_default(size=44))
    output = BytesIO()
    page.save(output, "PNG")
    return receive_document(upload=SimpleUploadedFile(name, output.getvalue(), content_type="image/png"))
