"""The outbox as staff sees it: what left, what did not and why, and a way to send it again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts import budgets
from claims_portal.backoffice.keyset import KeysetAdmin
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import SUPERUSERS

from . import services
from .models import Message

RESEND_AT_ONCE = 500


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin, KeysetAdmin):
    """Read only: services write. The search finds a case's key, such as complaint:12."""

    scope = SUPERUSERS
    list_display = ("created_at", "channel", "recipient", "notice", "state", "attempts", "next_try_at", "last_error")
    list_filter = ("state", "channel")
    search_fields = ("about__exact",)
    search_help_text = _("Dossier, par exemple complaint:12")
    fields = (
        ("channel", "recipient", "language"),
        ("notice", "about"),
        "subject",
        "shown_text",
        ("state", "attempts", "last_error"),
        ("created_at", "next_try_at", "sent_at"),
        "message_id",
    )
    readonly_fields = ("shown_text", "message_id")
    list_per_page = 50
    change_list_template = "admin/notifications/message/change_list.html"
    actions = ("resend",)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Named by the action's permissions."""
        return request.user.has_perm("notifications.resend_message")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the use of the SMS budgets above the messages."""
        return super().changelist_view(request, {"budgets": budgets.uses(), **(extra_context or {})})

    @admin.display(description=_("texte"))
    def shown_text(self, message: Message) -> str:
        """Nobody but its recipient reads a one-time code."""
        return gettext("Ce texte contient un code : il n’est pas affiché.") if message.sensitive else message.body_text

    @admin.action(description=_("Renvoyer"), permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Send the chosen messages again, five hundred at a time."""
        sent = kept = 0
        for message in queryset.order_by("pk")[:RESEND_AT_ONCE]:
            try:
                services.resend(message=message)
            except services.CannotResend:
                kept += 1
            else:
                sent += 1
                self.log_change(request, message, "resend")
        if sent:
            text = ngettext("%(count)s message va repartir.", "%(count)s messages vont repartir.", sent)
            self.message_user(request, text % {"count": sent}, messages.SUCCESS)
        if kept:
            text = ngettext(
                "%(count)s message ne peut pas repartir : son code n’est plus valable.",
                "%(count)s messages ne peuvent pas repartir : leur code n’est plus valable.",
                kept,
            )
            self.message_user(request, text % {"count": kept}, messages.WARNING)
