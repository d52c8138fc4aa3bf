"""Labels, hints and errors are tied to their fields, for eyes and for screen readers."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row, Submit
from django import forms
from django.template import engines
from django.utils import translation


class Role(forms.RadioSelect):
    hints = {"2": "Avocat, association, proche."}


class Example(forms.Form):
    role = forms.ChoiceField(label="Vous êtes", choices=[("1", "Assuré"), ("2", "Mandataire")], widget=Role)
    email = forms.EmailField(label="Adresse e-mail", help_text="Pour le récépissé.")
    phone = forms.CharField(
        label="Téléphone", required=False, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    )
    since = forms.DateField(label="Depuis", widget=forms.SelectDateWidget)
    story = forms.CharField(label="Récit", widget=forms.Textarea)
    agreed = forms.BooleanField(label="J’accepte", help_text="Version 1")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class Elements(HTMLParser):
    """Every opening tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> dict[str, str | None]:
        return next(attributes for _, attributes in self.found if attributes.get("name") == name)


def rendered(form: forms.Form, template: str = "{{ form|crispy }}", **context: Any) -> str:
    source = "{% load crispy_forms_tags %}" + template
    with translation.override("fr"):
        return str(engines["django"].from_string(source).render({"form": form} | context))


def test_every_field_has_a_label_that_names_it() -> None:
    elements = Elements(rendered(Example()))
    labelled = {attributes.get("for") for tag, attributes in elements.found if tag == "label"}
    assert {"id_email", "id_phone", "id_story", "id_agreed", "id_role_0", "id_role_1"} <= labelled
    assert len([tag for tag, _ in elements.found if tag == "legend"]) == 2  # the choice and the date


def test_each_part_of_a_date_has_its_own_label() -> None:
    html = rendered(Example())
    labels = [attributes["for"] for tag, attributes in Elements(html).found if attributes.get("class") == "part"]
    assert labels == ["id_since_day", "id_since_month", "id_since_year"]
    assert "<span>Jour</span>" in html


def test_a_hint_stands_under_the_label_and_describes_the_field() -> None:
    html = rendered(Example())
    assert html.index(">Adresse e-mail<") < html.index("Pour le récépissé.") < html.index('name="email"')
    assert Elements(html).named("email")["aria-describedby"] == "id_email_helptext"


def test_an_error_stands_beside_its_field_and_describes_it() -> None:
    html = rendered(Example({}))
    email = Elements(html).named("email")
    assert email["aria-invalid"] == "true"
    assert email["aria-describedby"] == "id_email_helptext id_email_error"
    assert 'id="id_email_error"' in html


def test_a_choice_announces_its_error_with_its_group() -> None:
    elements = Elements(rendered(Example({})))
    group = next(attributes for tag, attributes in elements.found if tag == "fieldset")
    assert group["aria-describedby"] == "id_role_error"


def test_only_what_may_be_left_out_is_marked() -> None:
    html = rendered(Example())
    assert html.count("(facultatif)") == 1
    assert html.index(">Téléphone ") < html.index("(facultatif)") < html.index('name="phone"')


def test_where_one_of_two_is_enough_neither_is_marked() -> None:
    form = Example()
    form.fields["phone"].widget.one_of = True
    assert "(facultatif)" not in rendered(form)


def test_a_choice_may_carry_a_sentence() -> None:
    html = rendered(Example())
    assert '<span class="choice-hint">Avocat, association, proche.</span>' in html
    assert html.count("choice-hint") == 2  # this one, and the help of the checkbox


def test_what_helps_a_phone_keyboard_is_kept() -> None:
    phone = Elements(rendered(Example())).named("phone")
    assert phone["autocomplete"] == "tel"
    assert phone["inputmode"] == "tel"


def test_everything_typed_is_kept_after_an_error() -> None:
    html = rendered(Example({"story": "Trois lignes <b>", "phone": "06", "role": "2"}))
    assert "Trois lignes &lt;b&gt;" in html
    assert Elements(html).named("phone")["value"] == "06"
    assert 'value="2" id="id_role_1" required aria-invalid' not in html
    assert "checked" in html


def test_a_helper_lays_fields_out_without_a_form_tag() -> None:
    form = Example()
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.layout = Layout(
        Row("email", "phone"), Fieldset("Vous", "role", "since"), "story", "agreed", Submit("next", "Continuer")
    )
    html = rendered(form, "{% crispy form %}")
    assert "<form" not in html
    assert '<div class="field-row ' in html
    assert ">Continuer</button>" in html


def test_labels_may_be_left_to_screen_readers() -> None:
    template = '{% include "portal/field.html" with field=form.email form_show_labels=False %}'
    assert '<label class="label visually-hidden" for="id_email">' in rendered(Example(), template)


def test_the_error_summary_leads_to_each_field() -> None:
    html = rendered(Example({}), '{% include "components/error_summary.html" %}{{ form|crispy }}')
    summary, fields = html.split("</div>", 1)
    identifiers = {attributes.get("id") for _, attributes in Elements(fields).found}
    targets = [a["href"] for tag, a in Elements(summary).found if tag == "a"]
    assert targets[:2] == ["#id_role_0", "#id_email"]
    assert {str(target).lstrip("#") for target in targets} <= identifiers
    assert 'role="alert" tabindex="-1"' in summary


def test_the_error_summary_takes_errors_of_no_field() -> None:
    problems = [("pieces", "Ajoutez au moins une pièce."), ("", "Réessayez.")]
    html = rendered(Example(), '{% include "components/error_summary.html" %}', problems=problems)
    assert '<a href="#pieces">Ajoutez au moins une pièce.</a>' in html
    assert "<li>Réessayez.</li>" in html


def test_there_is_no_error_summary_without_an_error() -> None:
    assert rendered(Example(), '{% include "components/error_summary.html" %}').strip() == ""


def test_a_page_with_errors_says_so_in_its_title() -> None:
    html = rendered(Example({}), '{% include "base.html" %}', language="fr")
    assert "<title>Erreur\u00a0: " in html
    assert "<title>Erreur" not in rendered(Example(), '{% include "base.html" %}', language="fr")
