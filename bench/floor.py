"""The floor: the least that Django can do for the same work, on the same machine, in the same run.

No session, no middleware, no check of anything: a page that reads twice, and a post that parses an
upload, writes its file and inserts three rows in one transaction. `python -m bench.floor` makes its tables.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, ClassVar, cast

import django
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import Context, Engine
from django.urls import path

if not settings.configured:
    import environ

    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY=secrets.token_urlsafe(50),
        DATABASES={
            "default": environ.Env().db_url("FLOOR_DATABASE_URL", engine="django.db.backends.postgresql")
            | {"CONN_MAX_AGE": 60}
        },
        USE_TZ=True,
        DATA_UPLOAD_MAX_MEMORY_SIZE=2 * 1024 * 1024,
    )
    django.setup()


class Case(models.Model):
    """What the page reads first, and the post writes first."""

    number = models.CharField(max_length=12, unique=True)
    story = models.TextField()

    objects: ClassVar[models.Manager[Case]] = models.Manager()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.number


class Line(models.Model):
    """What belongs to a case: read by the page, and written twice by the post."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="lines")
    text = models.CharField(max_length=200)

    objects: ClassVar[models.Manager[Line]] = models.Manager()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return self.text


PAGE = Engine().from_string(
    "<!doctype html><title>{{ case.number }}</title><h1>{{ case.number }}</h1><p>{{ case.story }}</p>"
    "<ul>{% for line in lines %}<li>{{ line.text }}</li>{% endfor %}</ul>"
)
LINES_SHOWN = 10
FIRST = "100000000000"


def page(request: HttpRequest) -> HttpResponse:
    """Two queries and a template."""
    case = Case.objects.get(number=FIRST)
    lines = list(Line.objects.filter(case=case)[:LINES_SHOWN])
    return HttpResponse(PAGE.render(Context({"case": case, "lines": lines})))


def post(request: HttpRequest) -> HttpResponse:
    """Parse, write, insert three rows, redirect."""
    upload = cast(UploadedFile, request.FILES["files"])
    name = secrets.token_hex(16)
    with Path(os.environ["FLOOR_FOLDER"], name).open("wb") as file:
        file.writelines(upload.chunks())
    with transaction.atomic():
        case = Case.objects.create(number=name[:12], story=request.POST["facts"])
        Line.objects.create(case=case, text=upload.name)
        Line.objects.create(case=case, text=name)
    return redirect("/page/")


urlpatterns: list[Any] = [path("page/", page), path("post/", post)]


def prepare() -> None:
    """Make the tables, and the case that the page shows."""
    with connection.schema_editor() as editor:
        editor.create_model(Case)
        editor.create_model(Line)
    case = Case.objects.create(number=FIRST, story="Mon dossier a été déposé il y a trois mois. " * 20)
    Line.objects.bulk_create(Line(case=case, text=f"Ligne {number}") for number in range(LINES_SHOWN))


application = get_wsgi_application()

if __name__ == "__main__":
    prepare()
