"""Pages about a case tell the time of the organisation that handles it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from complaints.models import Complaint


def render_in_zone(
    request: HttpRequest, template: str, complaint: Complaint, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    with timezone.override(ZoneInfo(complaint.desk.organisation.time_zone)):
        return render(request, template, context, status=status)
