"""The journey of a complaint, page by page, as a visitor does it by the labels they read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from django.utils import translation
from playwright.sync_api import FilePayload, Locator, expect

from claims_portal.organisations.models import Desk, Sector
from complaints.models import Category, Dependant, Quality
from tests.factories.documents import image_bytes, pdf_bytes

from .visitor import Visitor

EMAIL = "amina@exemple.ma"
MOBILE = "06 12 34 56 78"
STORY = {
    "fr": "Mon remboursement est bloqué depuis trois mois malgré deux relances.",
    "ar": "ملف التعويض الخاص بي متوقف منذ ثلاثة أشهر رغم تذكيرين.",
}
NAME = {"fr": ("El Amrani", "Amina", "Youssef"), "ar": ("العمراني", "أمينة", "يوسف")}


@cache
def photo() -> FilePayload:
    """A legible page, photographed."""
    return {"name": "courrier.jpg", "mimeType": "image/jpeg", "buffer": image_bytes()}


@cache
def letter() -> FilePayload:
    return {"name": "facture.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}


@dataclass
class Filed:
    """What a visitor keeps of it: the number as it is shown, and as it is typed."""

    shown: str
    number: str = field(init=False)

    def __post_init__(self) -> None:
        self.number = "".join(each for each in self.shown if each.isdigit())


def labelled(visitor: Visitor, msgid: str, *, exact: bool = False) -> Locator:
    return visitor.page.get_by_role("main").get_by_label(visitor.say(msgid), exact=exact)


def choose(visitor: Visitor, msgid: str, option: str) -> None:
    """Pick an option of a list, by its words in the visitor's language."""
    labelled(visitor, msgid).select_option(label=option)


def in_words(visitor: Visitor, label: object) -> str:
    with translation.override(visitor.language):
        return str(label)


def go_on(visitor: Visitor) -> None:
    visitor.press("Continuer")


def begin(visitor: Visitor, *, sector: str = "assurance", desk: str = "acaps") -> None:
    """From the first page to the first question."""
    visitor.go("/")
    visitor.arrive("Une réclamation ? Dites‑nous ce qui s’est passé.")
    with translation.override(visitor.language):
        sector_name, desk_name = Sector.objects.get(code=sector).name, Desk.objects.get(code=desk).name
    visitor.page.get_by_role("main").get_by_role("link", name=sector_name).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(sector_name)
    visitor.examine()
    offered = visitor.page.get_by_role("listitem").filter(has=visitor.page.get_by_role("heading", name=desk_name))
    offered.get_by_role("link", name=visitor.say("Déposer une réclamation")).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(desk_name)
    tab = visitor.page.get_by_role("link", name=visitor.say("Soumettre une réclamation"))
    expect(tab).to_have_attribute("aria-current", "page")
    visitor.examine()
    visitor.press("Commencer la démarche")
    visitor.arrive("Est-ce bien une réclamation ?")


def say_it_is_a_complaint(visitor: Visitor) -> None:
    labelled(visitor, "Je suis mécontent d’un service, d’une décision ou d’un silence").check()
    go_on(visitor)
    visitor.arrive("Sur quoi porte votre réclamation ?")


def tell_the_subject(visitor: Visitor) -> None:
    """The third subject of the list, and the first body one may complain of, where that is asked."""
    visitor.page.locator("#id_category").select_option(index=3)
    if visitor.page.locator("#id_respondent").count():
        visitor.page.locator("#id_respondent").select_option(index=1)
    go_on(visitor)
    visitor.arrive("Que s’est-il passé ?")


def tell_the_facts(visitor: Visitor) -> None:
    labelled(visitor, "Votre récit").fill(STORY[visitor.language])
    go_on(visitor)
    visitor.arrive("Qui êtes-vous ?")


def say_who(visitor: Visitor, *, email: str = EMAIL, mobile: str = MOBILE) -> None:
    last_name, first_name, _child = NAME[visitor.language]
    choose(visitor, "À quel titre réclamez-vous ?", in_words(visitor, Quality.INSURED.label))
    labelled(visitor, "Nom", exact=True).fill(last_name)
    labelled(visitor, "Prénom", exact=True).fill(first_name)
    labelled(visitor, "Adresse e-mail").fill(email)
    labelled(visitor, "Téléphone portable").fill(mobile)
    go_on(visitor)
    visitor.arrive("Vos ayants droit sont-ils concernés ?")


def add_a_child(visitor: Visitor) -> None:
    last_name, _first_name, child = NAME[visitor.language]
    labelled(visitor, "Nom", exact=True).fill(last_name)
    labelled(visitor, "Prénom", exact=True).fill(child)
    choose(visitor, "Son lien avec vous", in_words(visitor, Dependant.Relation.CHILD.label))
    visitor.press("Ajouter cette personne")
    expect(visitor.page.get_by_role("listitem").filter(has_text=child)).to_be_visible()
    visitor.examine()
    go_on(visitor)
    visitor.arrive("Avez-vous des documents à joindre ?")


def join(visitor: Visitor, document: FilePayload) -> None:
    labelled(visitor, "Joindre des documents").set_input_files(document)
    visitor.press("Charger")
    expect(visitor.page.locator(".file").filter(has_text=document["name"])).to_be_visible()
    visitor.examine()


def review(visitor: Visitor) -> None:
    go_on(visitor)
    visitor.arrive("Relisez, puis envoyez")
    expect(visitor.page.get_by_role("main")).to_contain_text(STORY[visitor.language])


def consent(visitor: Visitor) -> None:
    label = "J’ai lu comment mes données sont utilisées et j’accepte qu’elles servent à traiter ma réclamation"
    labelled(visitor, label).check()


def send(visitor: Visitor) -> Filed:
    visitor.press("Envoyer ma réclamation")
    return sent(visitor)


def sent(visitor: Visitor) -> Filed:
    """The confirmation, and what to keep of it."""
    visitor.arrive("Votre réclamation est envoyée")
    return Filed(visitor.page.locator(".confirmation .number").inner_text())


def fill_in(visitor: Visitor, *, email: str = EMAIL) -> None:
    """All steps up to the check page, as shortly as possible."""
    say_it_is_a_complaint(visitor)
    tell_the_subject(visitor)
    tell_the_facts(visitor)
    say_who(visitor, email=email)
    go_on(visitor)
    review(visitor)


def track(visitor: Visitor, number: str, *, email: str = "", mobile: str = "") -> None:
    """« Suivi de ma réclamation : », from its page."""
    visitor.go("/reclamations/suivi/")
    visitor.arrive("Suivi de ma réclamation :")
    labelled(visitor, "Numéro :").fill(number)
    labelled(visitor, "Email :").fill(email)
    labelled(visitor, "Téléphone portable :").fill(mobile)
    visitor.press("Valider")


def subject_chosen(desk: str) -> Category:
    """What `tell_the_subject` chooses."""
    return Category.objects.filter(desk__code=desk)[2]
