"""Inputs written without a template are those that Django's templates write."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from claims_portal.renderer import PortalRenderer

WIDGETS = [
    forms.TextInput(attrs={"maxlength": 3, "required": True, "disabled": False}),
    forms.NumberInput(),
    forms.EmailInput(attrs={"autocomplete": "email"}),
    forms.HiddenInput(),
    forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    forms.CheckboxInput(attrs={"data-note": mark_safe("&amp;")}),
    forms.Textarea(),
    forms.RadioSelect(choices=[("a", "<A>"), ("b", "B")]),
]
VALUES = [None, "", "a", "«é» <b> & \"'", 0, True, False]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
def test_a_widget_is_drawn_as_django_draws_it(widget):
    for value in VALUES:
        drawn = widget.render("name", value, {"id": "id_name"}, PortalRenderer())
        assert drawn == widget.render("name", value, {"id": "id_name"}, TemplatesSetting())


@pytest.mark.parametrize("widget", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_a_choice_inside_its_label_is_drawn_as_django_draws_it(widget):
    drawn = []
    for renderer in (PortalRenderer(), TemplatesSetting()):

        class Asked(forms.Form):
            default_renderer = renderer
            kind = forms.ChoiceField(widget=widget, choices=[("a", "<A>"), ("b", "B")])

        drawn.append([option.tag() for option in Asked({"kind": "b"})["kind"]])
    assert drawn[0] == drawn[1]
