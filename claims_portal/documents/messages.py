"""What a person reads about a file, by the codes of `checks.py`, `worker.py` and `legibility.py`."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# « %(limit)d » is filled from settings.DOCUMENT_LIMITS, « %(names)s » from `accepted.py`, by `refusal_message`.
REFUSALS: dict[str, str | Promise] = {
    "empty": _("Ce fichier est vide. Vérifiez qu’il s’ouvre sur votre appareil, puis choisissez-le à nouveau."),
    "too_large": _(
        "Ce fichier dépasse %(limit)d Mo. Reprenez la photo avec une taille plus petite, "
        "ou envoyez le document en plusieurs fichiers."
    ),
    "not_accepted": _(
        "Seules les images (%(names)s) et les fichiers PDF sont acceptés. "
        "Enregistrez votre document en PDF ou prenez-le en photo."
    ),
    "office": _(
        "Les documents de bureautique et les archives ne sont pas acceptés. "
        "Enregistrez votre document en PDF, puis envoyez ce PDF."
    ),
    "mislabelled": _(
        "Le nom de ce fichier annonce une image ou un PDF, mais son contenu est autre chose. "
        "Ouvrez-le sur votre appareil et enregistrez-le en PDF, ou prenez le document en photo."
    ),
    "damaged": _(
        "Ce fichier est incomplet ou abîmé. Vérifiez qu’il s’ouvre sur votre appareil ; "
        "sinon, numérisez ou photographiez le document à nouveau."
    ),
    "encrypted": _("Ce PDF est protégé par un mot de passe. Enregistrez-en une copie sans mot de passe et envoyez-la."),
    "no_pages": _("Ce PDF n’a aucune page. Enregistrez le document à nouveau en PDF."),
    "too_many_pages": _(
        "Ce PDF a plus de %(limit)d pages. Envoyez-le en plusieurs fichiers, ou seulement les pages utiles."
    ),
    "too_many_pixels": _(
        "Cette image a plus de %(limit)d millions de pixels. Reprenez la photo avec une résolution plus basse, "
        "ou enregistrez-la en PDF."
    ),
    "animated": _("Cette image est animée. Envoyez une image fixe ou un PDF."),
    "dynamic_form": _(
        "Ce formulaire PDF ne s’affiche que dans un logiciel particulier. "
        "Ouvrez-le, imprimez-le « en PDF » et envoyez cette copie."
    ),
    "too_slow": _(
        "Ce fichier est trop complexe pour être vérifié. Imprimez-le « en PDF » ou photographiez le document, "
        "puis envoyez cette copie."
    ),
    "too_heavy": _(
        "Ce fichier est trop lourd à vérifier. Reprenez la photo avec une résolution plus basse, "
        "ou envoyez le document en plusieurs fichiers."
    ),
    "crashed": _(
        "Nous n’avons pas réussi à lire ce fichier. Enregistrez le document à nouveau en PDF, ou prenez-le en photo."
    ),
    "not_stored": _(
        "Nous n’avons pas pu garder ce fichier : le problème vient de nous. Vos réponses sont conservées : "
        "essayez de nouveau dans quelques minutes, ou continuez sans lui et joignez-le plus tard."
    ),
    "busy": _("Beaucoup de fichiers arrivent en ce moment. Attendez une minute, puis envoyez celui-ci à nouveau."),
}


def too_large(limit: int) -> str | Promise:
    """Return what is said of a file of more than so many bytes, before it is sent or after."""
    return REFUSALS["too_large"] % {"limit": limit // (1024 * 1024)}


ADVICE: dict[str, str | Promise] = {
    "low_resolution": _(
        "Cette image est petite : les petits caractères risquent d’être illisibles. "
        "Si vous le pouvez, reprenez-la de plus près."
    ),
    "dark": _("Cette image est très sombre. Si vous le pouvez, reprenez-la à la lumière du jour."),
    "blank": _("Ce document paraît vide. Vérifiez que c’est bien celui que vous vouliez envoyer."),
    "blurred": _("Cette image paraît floue. Si vous le pouvez, reprenez-la en posant le document bien à plat."),
    "sideways": _(
        "Cette image paraît couchée sur le côté. Si vous le pouvez, tournez-la pour que le texte se lise droit."
    ),
    "attachments_removed": _(
        "Ce PDF contenait des fichiers joints, que nous avons retirés. S’ils sont utiles, envoyez-les séparément."
    ),
}

# Heading and sentence of the page shown instead of a document, by its state.
NOT_READY: dict[str, tuple[str | Promise, str | Promise]] = {
    "pending": (
        _("Document en cours de vérification"),
        _("Ce document pourra être ouvert dans quelques instants, dès que l’antivirus l’aura vérifié."),
    ),
    "refused": (
        _("Document refusé"),
        _("L’antivirus a trouvé un danger dans ce document, qui a été supprimé. Une copie saine peut être envoyée."),
    ),
}
