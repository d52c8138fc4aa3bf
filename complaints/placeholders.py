"""The variables of a template, such as {nom}: which names exist, and what of a text still waits to be filled.

A plain replacement of known names: nothing of an object is ever reached through a text that somebody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What an agent brings: a text that leaves by itself has nobody to bring it.
OF_AGENTS = ("agent", "a_completer")
PLACE = re.compile(r"\{([^{}\n]{0,60})\}")

# Name, and what it stands for, as shown beside the editor.
VARIABLES: dict[str, str | Promise] = {
    "nom": _("prénom et nom du réclamant"),
    "numero": _("numéro de la réclamation"),
    "date_reception": _("date de réception"),
    "guichet": _("nom du guichet"),
    "organisation": _("nom de l’organisation"),
    "categorie": _("catégorie"),
    "organisme": _("organisme concerné"),
    "contrat": _("numéro de police ou de contrat"),
    "reference": _("référence du dossier"),
    "echeance_accuse": _("date limite de prise en charge"),
    "echeance_reponse": _("date limite de réponse"),
    "recours_retard": _("paragraphe sur le médiateur, quand la réponse est en retard"),
    "agent": _("nom de l’agent qui écrit"),
    "mediateur": _("paragraphe sur le médiateur"),
    "a_completer": _("ce que l’agent écrit lui-même : reste visible jusque-là"),
}


def unknown(text: str) -> list[str]:
    """The names between braces that are no variable, in their order, each once."""
    return [name for name in waiting(text) if name not in VARIABLES]


def waiting(text: str) -> list[str]:
    """What still stands between braces, in its order, each once: it must never reach a person."""
    return list(dict.fromkeys(PLACE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced. One without a value keeps its braces, for the agent to fill in."""
    return PLACE.sub(lambda place: values.get(place[1]) or place[0], text)
