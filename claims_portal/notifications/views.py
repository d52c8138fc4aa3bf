"""The demonstration's outbox: what people would have received."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from .models import Message

PER_PAGE = 25
_ID = re.compile(r"[0-9]{1,18}")


def _cursor(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if _ID.fullmatch(value) else None


@login_not_required
@require_safe
def demo_messages(request: HttpRequest) -> HttpResponse:
    """Every e-mail and SMS with its full text, newest first. Only a demonstration has this address."""
    before, after = _cursor(request, "avant"), _cursor(request, "apres")
    if after is not None:
        found = list(Message.objects.filter(pk__gt=after).order_by("pk")[: PER_PAGE + 1])
        outbox = found[:PER_PAGE][::-1]
        newer, older = len(found) > PER_PAGE, bool(outbox)
    else:
        rows = Message.objects.order_by("-pk")
        found = list((rows if before is None else rows.filter(pk__lt=before))[: PER_PAGE + 1])
        outbox = found[:PER_PAGE]
        newer, older = before is not None and bool(outbox), len(found) > PER_PAGE
    address = reverse("demo_messages")
    context = {
        "outbox": outbox,
        "newer_url": f"{address}?apres={outbox[0].pk}" if newer else "",
        "older_url": f"{address}?avant={outbox[-1].pk}" if older else "",
    }
    return render(request, "notifications/demo_messages.html", context)
