"""The messages about a case on the pages of its desk: the exact copy of each, and sending one again (F18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claims_portal.cases.services.undelivered import resend_message
from claims_portal.notifications.models import Message
from claims_portal.notifications.services import CannotResend

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Base = ModelAdmin[Any]
else:
    Base = object


class MessagePages(Base):
    """The two pages of a message; an admin of a kind of case adds `message_pages` to its addresses."""

    prefix: Any
    visible: Any
    page: Any
    may_handle: Any

    def message_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        """Return the pages of a message: route, view, name."""
        return [
            ("<int:key>/messages/<int:message_id>/", require_POST(self.resend_view), "resend"),
            ("<int:key>/messages/<int:message_id>/copie/", self.message_view, "message"),
        ]

    def message_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what this kind adds to the page of a message, such as `contact`: whether to show the recipient."""
        return {}

    def message_view(self, request: HttpRequest, key: int, message_id: int) -> HttpResponse:
        """Show the exact copy of a message about this case (F18)."""
        case = self.visible(request, key)
        message = get_object_or_404(Message.objects.about(case.message_key), pk=message_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": message.subject or message.get_channel_display(),
            **self.message_context(request),
            "case": case,
            "case_url": reverse(f"admin:{self.prefix}_change", args=[case.pk]),
            "message": message,
        }
        answer: HttpResponse = self.page(request, "admin/cases/message.html", case, context)
        return answer

    def resend_view(self, request: HttpRequest, key: int, message_id: int) -> HttpResponse:
        """Send a message about this case again."""
        case = self.visible(request, key)
        if not self.may_handle(request):
            raise Http404
        message = get_object_or_404(Message.objects.about(case.message_key), pk=message_id)
        try:
            resend_message(cast(Any, self.model), case_id=case.pk, message=message)
        except CannotResend:
            messages.error(
                request, _("Ce message ne peut plus repartir : il contenait un code qui n’est plus valable.")
            )
        else:
            messages.success(request, _("Le message va repartir."))
        return redirect(f"admin:{self.prefix}_change", key)
