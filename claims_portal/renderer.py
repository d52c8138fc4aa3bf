"""How the widgets of forms are drawn."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

_FOLDER = "django/forms/widgets/"
_INPUTS = {f"{_FOLDER}{name}.html" for name in ("input", "text", "number", "email", "hidden", "date", "checkbox")}
# Alone: the label is around it already.
_OPTIONS = {f"{_FOLDER}{name}_option.html" for name in ("radio", "checkbox")}


class PortalRenderer(TemplatesSetting):
    """Django's own, with plain inputs written without a template: a page of ten choices drew ten, each in a
    template that includes two others, for a third of its time."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        widget = context["widget"] if template_name in _INPUTS or template_name in _OPTIONS else None
        if widget is None or (template_name in _OPTIONS and widget["wrap_label"]):
            return super().render(template_name, context, request)
        given = [("type", widget["type"]), ("name", widget["name"])]
        if widget["value"] is not None:
            given.append(("value", str(widget["value"])))
        attributes = "".join(_attribute(*each) for each in (*given, *widget["attrs"].items()))
        return mark_safe(f"<input{attributes}>")  # noqa: S308 - each value is escaped


def _attribute(name: str, value: Any) -> str:
    if value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
