"""The five étapes of a declaration, and the page that says it is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.deadlines.explanation import written_date
from claims_portal.middleware import client_address
from claims_portal.templatetags.portal import isolated, money
from claims_portal.wizards.models import Draft, live_draft
from claims_portal.wizards.views import DocumentsStepView, StepView, joined_view, resume_url
from health_claims import steps
from health_claims.forms import RELATION_TITLES
from health_claims.offer import MEMBER, joined_to, offer_of, owner_of, share_offer
from health_claims.services import declaring, papers
from membership.models import Beneficiary
from membership.presentation import name_shown

from .zone import InsuredView

FRAME = "membership/base.html"


def language_of_page() -> str:
    return get_language() or settings.LANGUAGE_CODE


class BeginView(InsuredView):
    """A new declaration; or, when some were begun, the choice to go on with them, whatever the device."""

    def get(self, request: HttpRequest) -> HttpResponse:
        begun, untouched = self.begun()
        if not begun:
            return self.begin(request, untouched)
        share_offer(begun, self.member)
        return render(
            request,
            "health_claims/declaration/begun.html",
            {"drafts": [self.described(each) for each in begun], "member": self.member},
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if "again" not in request.POST:
            return self.begin(request, self.begun()[1])
        try:
            draft_id = UUID(request.POST["again"])
            draft = declaring.begin_again(member=self.member, draft_id=draft_id, language=language_of_page())
        except (ValueError, declaring.NotTheirs):
            raise Http404 from None
        return redirect(resume_url(draft))

    def begun(self) -> tuple[list[Draft], list[Draft]]:
        """The member's drafts with answers, and those without any."""
        drafts = declaring.begun_declarations(member=self.member)
        return [each for each in drafts if each.answers], [each for each in drafts if not each.answers]

    def begin(self, request: HttpRequest, untouched: list[Draft]) -> HttpResponse:
        if not papers.is_complete(self.member):
            return redirect("health_claims:papers")
        if untouched:
            draft = untouched[0]
        else:
            throttles.count("draft-address", client_address(request))
            draft = declaring.begin_declaration(member=self.member, language=language_of_page())
        return redirect("health_claims:declaration", draft.pk, steps.NATURE.slug)

    def described(self, draft: Draft) -> dict[str, Any]:
        guarantee = steps.chosen_today(draft)
        return {
            "id": draft.pk,
            "title": guarantee.prestation if guarantee else _("Type de dossier à choisir"),
            "touched": draft.updated_at,
            "kept_until": draft.expires_at,
            "files": len(joined_to(draft)),
            "url": resume_url(draft),
        }


class DeclarationMixin(InsuredView):
    """A step of a draft that is this member's, on any device they sign in from. `slug` is set where it is fixed."""

    wizard = steps.declaring
    slug = ""
    draft: Draft

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.slug:
            kwargs["slug"] = self.slug
        return super().dispatch(request, *args, **kwargs)

    def owned(self, request: HttpRequest, draft_id: UUID) -> Draft | None:
        draft = live_draft.first(pk=draft_id, now=timezone.now())
        if draft is None or (draft.wizard, draft.owner) != (self.wizard.key, owner_of(self.member.pk)):
            return None
        offer_of(draft, self.member)  # read once, with the member who is known already
        return draft

    def leave(self) -> HttpResponse:
        sentence = _("Tout est enregistré. Vous retrouverez cette déclaration dans « Envoi Dossier ».")
        messages.success(self.request, sentence)
        return redirect("health_claims:follow-up")

    def submitted_url(self) -> str:
        return reverse("health_claims:declaration-sent", args=[self.draft.pk])

    def lead_back(self, step: steps.Step) -> HttpResponse:
        query = "?corriger&revoir" if step.slug in self.draft.answers else "?revoir"
        return redirect(self.wizard.url(self.draft, step) + query)


class DeclarationStepView(DeclarationMixin, StepView):
    """The étapes that are a form: nature, personne, données."""

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        offer = offer_of(self.draft)
        if self.step is steps.NATURE:
            drawings = [each.prestation.drawing for each in offer.guarantees()]
            context["cards"] = list(zip(form["prestation"], drawings, strict=True))
        if self.step is steps.PATIENT:
            context["myself"], context["groups"] = self.people(form)
            context["care_day"] = steps.care_day(self.draft)
        return super().show(request, form, frame=FRAME, member=self.member, **context)

    def people(self, form: Any) -> tuple[Any, list[dict[str, Any]]]:
        """The radio of the member, then those of their family by relation, each with what is known of its rights.

        They are those of the day of care where that is known already, today's otherwise (row F44). Rights are the
        insurer's knowledge: they show once the identity papers are accepted.
        """
        offer = offer_of(self.draft)
        shows_rights, day = self.member.account.is_checked, steps.care_day(self.draft) or offer.today
        options = {str(each.data["value"]): each for each in form["patient"]}
        groups = [
            {
                "title": RELATION_TITLES[relation],
                "people": [
                    {"option": options[str(each.pk)], "no_rights": shows_rights and not each.has_rights_on(day)}
                    for each in offer.relatives(relation)
                ],
            }
            for relation in Beneficiary.Relation
        ]
        no_rights = shows_rights and not self.member.has_rights_on(day)
        myself = {"option": options[MEMBER], "no_rights": no_rights}
        return myself, [each for each in groups if each["people"]]


class PiecesView(DeclarationMixin, DocumentsStepView):
    """Étape 2: the pieces asked for, and the files, one by one (rows D90–D101)."""

    slug = steps.PIECES.slug

    def after(self, request: HttpRequest) -> HttpResponse:
        if not steps.PIECES.is_complete(self.draft):
            sentence = _("Joignez au moins une pièce : sans elle, personne ne peut étudier votre dossier.")
            return self.show(request, self.step.form(self.draft), problems=[("id_files", sentence)])
        return super().after(request)

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        guarantee = steps.chosen_today(self.draft)
        pieces = list(guarantee.pieces.all()) if guarantee else []
        context |= {"guarantee": guarantee, "pieces": pieces, "frame": FRAME, "member": self.member}
        return super().show(request, form, **context)


class SendView(DeclarationMixin, StepView):
    """Étape 5: read again, then « Terminer ». Pressed twice, in two tabs or after Back: one declaration."""

    slug = steps.SEND.slug

    def get(self, request: HttpRequest) -> HttpResponse:
        unfinished = self.wizard.first_incomplete(self.draft)
        if unfinished is not None:
            return self.lead_back(unfinished)
        return self.show(request, self.step.form(self.draft))

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("action") == "later":
            return self.leave()
        throttles.count("declaration-member", str(self.member.pk))
        try:
            declaring.send_declaration(draft_id=self.draft.pk, member_id=self.member.pk, seen=self.draft)
        except declaring.IncompleteDeclaration as incomplete:
            return self.lead_back(incomplete.step)
        return redirect(self.submitted_url())

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        context |= {
            "rows": self.rows(),
            "cautions": [each for each in declaring.cautions_for(self.draft) if not each.is_private or self.is_known()],
            "files": [joined_view(each) for each in joined_to(self.draft)],
            "pieces_url": self.wizard.url(self.draft, steps.PIECES) + "?revoir",
            "frame": FRAME,
            "member": self.member,
        }
        return super().show(request, form, **context)

    def is_known(self) -> bool:
        """True once what the insurer knows of this member may be said to who is here; agents read all of it."""
        return self.member.account.is_checked

    def rows(self) -> list[dict[str, Any]]:
        """The recap in the guide's order (rows D118–D124), each row with the way back to change it."""
        answers = steps.answers_of(self.draft)
        patient = answers.patient

        def back(step: steps.Step) -> str:
            return self.wizard.url(self.draft, step) + "?revoir"

        account_url = reverse("membership:membership")
        person = patient or self.member
        relation = patient.get_relation_display() if patient else _("Assuré")
        found = [
            (_("Type de dossier"), answers.guarantee.prestation, back(steps.NATURE)),
            (_("Date de consultation de médecin"), written_date(answers.care_date), back(steps.CARE)),
            (_("Frais engagés"), isolated(money(answers.amount)), back(steps.CARE)),
            (_("Personne Traitée"), name_shown(person, member=self.member), back(steps.PATIENT)),
            (_("Lien"), relation, back(steps.PATIENT)),
            (_("GSM"), isolated(self.member.account.mobile.as_international), account_url),
            (_("Adresse e-mail :"), isolated(self.member.account.email), account_url),
        ]
        return [{"label": label, "value": value, "change_url": url} for label, value, url in found]


class SentView(InsuredView):
    """« Votre demande référence … est en cours d’étude »; a second « Terminer » leads to the follow-up (D127–D129)."""

    def get(self, request: HttpRequest, draft_id: UUID) -> HttpResponse:
        declaration = get_object_or_404(self.member.declarations.shown_to_member(), draft_id=draft_id)
        order = list(steps.declaring)
        context = {
            "declaration": declaration,
            "member": self.member,
            "steps": [{"label": each.title, "state": "done"} for each in order],
            "step_number": len(order),
            "step_total": len(order),
            "step_label": order[-1].title,
        }
        return render(request, "health_claims/declaration/sent.html", context)
