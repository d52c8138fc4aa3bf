"""Cases merged or sent on before such endings had an outcome receive theirs, as `services.answers.record_ending` writes."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F

BATCH = 1000
# Kind of event, then code, kind and names of the outcome, as `Outcome.Kind` spells them.
ENDINGS = {
    "merged": ("reunie", "merged", "Réunie à une autre réclamation", "تم ضمها إلى شكاية أخرى"),
    "referred": ("transmise", "referred", "Transmise à un autre organisme", "تمت إحالتها على هيئة أخرى"),
}


def tell(apps: Any, _schema_editor: Any) -> None:
    """An outcome for each case that ended so and that no answer stands for; safe to run twice."""
    answers, events = apps.get_model("complaints", "Answer"), apps.get_model("complaints", "Event")
    outcomes = apps.get_model("complaints", "Outcome")
    for happened, (code, kind, name_fr, name_ar) in ENDINGS.items():
        ended = events.objects.filter(kind=happened, at=F("complaint__closed_at"), complaint__disposed_at=None)
        untold = ended.filter(answer=None).exclude(complaint__answers__stands=True).order_by("complaint_id", "-pk")
        last, after = untold.distinct("complaint_id"), 0
        while batch := list(last.filter(complaint__gt=after).values_list("pk", "complaint_id")[:BATCH]):
            after = batch[-1][1]
            names = {"kind": kind, "name_fr": name_fr, "name_ar": name_ar}
            outcome, _new = outcomes.objects.get_or_create(organisation=None, code=code, defaults=names)
            answers.objects.bulk_create(
                answers(event_id=event, complaint_id=complaint, outcome=outcome) for event, complaint in batch
            )


class Migration(migrations.Migration):
    dependencies = [("complaints", "0022_figures_by_index")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
