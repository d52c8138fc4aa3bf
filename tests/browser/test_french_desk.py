"""The form of a desk in France: its own questions, and telephones of its own country."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.models import Complaint, Quality

from . import filing
from .filing import choose, labelled
from .visitor import Visitor


@pytest.mark.req("C14", "C15", "C16", "C17", "C20", "C21", "C22", "C23", "C24", "C25", "C26")
@pytest.mark.req("C27", "C28", "C29", "C30", "C31", "C32", "C33", "C36", "A34")
def test_the_desk_in_france_asks_its_own_questions_and_reads_numbers_of_france(visit: Callable[..., Visitor]) -> None:
    visitor = visit(width=390)
    filing.begin(visitor, sector="prevoyance-sociale", desk="cpms")
    filing.say_it_is_a_complaint(visitor)
    subjects = labelled(visitor, "Sujet", exact=True).get_by_role("option").all_inner_texts()
    assert subjects[1:5] == ["Adhésion", "Résiliation", "Cotisation", "Remboursement"]
    assert subjects[-1] == "Autre sujet"
    labelled(visitor, "Sujet", exact=True).select_option(label="Remboursement")
    labelled(visitor, "Entreprise ou souscripteur du contrat").fill("Boulangerie Exemple")
    filing.go_on(visitor)
    filing.tell_the_facts(visitor)
    choose(visitor, "À quel titre réclamez-vous ?", str(Quality.INSURED.label))
    answers = {
        "Nom": "Morel",
        "Prénom": "Claire",
        "Numéro de sécurité sociale de l’adhérent concerné": "1 85 05 78 006 048 30",
        "Adresse": "12, rue des Exemples",
        "Code postal": "75009",
        "Ville": "Paris",
    }
    for label, answer in answers.items():
        labelled(visitor, label, exact=True).fill(answer)
    labelled(visitor, "Adresse e-mail").fill("claire@exemple.fr")
    labelled(visitor, "Téléphone portable").fill(filing.MOBILE)
    filing.go_on(visitor)
    visitor.arrive("Vos ayants droit sont-ils concernés ?")
    filing.go_on(visitor)
    filing.review(visitor)
    filing.consent(visitor)
    filed = filing.send(visitor)
    expect(visitor.page.get_by_role("main")).to_contain_text("Un accusé de réception part vers claire@exemple.fr")
    assert str(Complaint.objects.get(number=filed.number).complainant.mobile) == "+33612345678"
    visitor.context.clear_cookies()
    filing.track(visitor, filed.number, mobile=filing.MOBILE)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(filed.shown)
