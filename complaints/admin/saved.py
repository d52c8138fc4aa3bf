"""The views of the list an agent keeps: chips above it, a name to give, one to take away (F20)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claims_portal.accounts.models import SEE_ORGANISATION
from claims_portal.backoffice import searches
from claims_portal.compiled_query import CompiledQuery
from claims_portal.identifiers import LineField
from claims_portal.organisations.models import Desk
from complaints.models import SavedFilter
from complaints.services.saving import MOST, TooManyFilters, forget_filter, mark_used, save_filter
from complaints.workflow import HANDLE

from . import queues


def pages() -> list[tuple[str, Any, str]]:
    """Routes under /gestion/complaints/complaint/."""
    return [
        ("vues/", require_POST(save_view), "save_filter"),
        ("vues/<int:filter_id>/", open_view, "saved_filter"),
        ("vues/<int:filter_id>/oublier/", require_POST(forget_view), "forget_filter"),
    ]


class SaveForm(forms.Form):
    """The name of the view on show, and the desk it is shared with."""

    name = LineField(max_length=40)
    file = forms.CharField(required=False, max_length=20)
    recherche = forms.CharField(required=False, max_length=20)
    guichet = forms.IntegerField(required=False)


_offered = CompiledQuery(SavedFilter.objects.offered_to, user=int)


def offered(user: Any) -> list[SavedFilter]:
    """The views this person finds above the list. One query."""
    return _offered.rows(user=user.pk)


def sharing(user: Any) -> list[Desk]:
    """The desks with which this person may share a view: their own, for a supervisor."""
    return list(user.desks.all()) if user.has_perm(SEE_ORGANISATION) else []


def require_reader(request: HttpRequest) -> Any:
    """Who may see the list; Http404 for anybody else."""
    if not (request.user.has_perm(queues.VIEW) or request.user.has_perm(HANDLE)):
        raise Http404
    return request.user


def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the view on show, and come back to it."""
    user = require_reader(request)
    form = SaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Donnez à cette vue un nom de 40 caractères au plus."))
        return redirect("admin:complaints_complaint_changelist")
    given = form.cleaned_data
    desk = next((each for each in sharing(user) if each.pk == given["guichet"]), None)
    if given["guichet"] and desk is None:
        raise Http404
    queue = queues.named(given["file"]).name
    text = searches.kept(request, given["recherche"])
    try:
        saved = save_filter(user=user, name=given["name"], queue=queue, text=text, desk=desk)
    except TooManyFilters:
        messages.error(request, _("Vous gardez déjà %(most)d vues : oubliez-en une d’abord.") % {"most": MOST})
        return redirect("admin:complaints_complaint_changelist")
    messages.success(request, _("La vue « %(name)s » est gardée.") % {"name": saved})
    return shown(request, saved)


def open_view(request: HttpRequest, filter_id: int) -> HttpResponse:
    """The list as it was kept."""
    saved = get_object_or_404(SavedFilter.objects.offered_to(require_reader(request).pk), pk=filter_id)
    mark_used(saved=saved)
    return shown(request, saved)


def forget_view(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Take away one's own view."""
    saved = get_object_or_404(SavedFilter, pk=filter_id, user=require_reader(request))
    forget_filter(saved=saved)
    messages.success(request, _("La vue « %(name)s » est oubliée.") % {"name": saved})
    return redirect("admin:complaints_complaint_changelist")


def shown(request: HttpRequest, saved: SavedFilter) -> HttpResponse:
    """To the list. What is looked for is kept under a key, as when it is typed."""
    if not saved.text:
        return redirect(queues.address(queues.named(saved.queue)))
    response = redirect("admin:complaints_complaint_changelist")
    response["Location"] += f"?{searches.PARAMETER}={searches.remember(request, saved.text)}"
    return response
