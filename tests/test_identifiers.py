"""Identifiers and texts as people type them."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.fr import nir

from claims_portal.identifiers import (
    CinField,
    CnssNumberField,
    EmailAddressField,
    MobileField,
    NirField,
    PersonNameField,
    ProseField,
    ReferenceField,
    RibField,
    clean_email,
    digits,
    iban_check,
)
from complaints.models import Complainant

RIB = "011519000001205000534921"
# Anything a client can send, lone surrogates and control characters included.
anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
FIELDS = [
    CinField(),
    CnssNumberField(),
    EmailAddressField(),
    MobileField(),
    MobileField(region="MA"),
    MobileField(region="FR"),
    NirField(),
    PersonNameField(),
    ProseField(max_length=40),
    ReferenceField(),
    RibField(),
]


def sentence(field: forms.Field, value: str) -> str:
    """The one sentence with which the field refuses the value."""
    with pytest.raises(ValidationError) as refusal:
        field.clean(value)
    (message,) = refusal.value.messages
    return message


# --- Mobile numbers -----------------------------------------------------------------------------------------------


@pytest.mark.req("A33")
@pytest.mark.parametrize(
    "typed",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06\u202f12\u00a034\u200956 78",
        "06\u201112\u201134\u201156\u201178",
        "+212 6 12 34 56 78",
        "+212 (0) 6 12 34 56 78",
        "00212612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "۰۶۱۲۳۴۵۶۷۸",
        "\u200e+212612345678\u200f",
        "\u202a0612345678\u202c",
    ],
)
def test_a_moroccan_mobile_is_kept_as_e164_however_it_is_written(typed: str) -> None:
    assert MobileField(region="MA").clean(typed) == "+212612345678"


@pytest.mark.parametrize("typed", ["+33 6 12 34 56 78", "0033612345678", "+33 (0)6 12 34 56 78"])
def test_a_french_mobile_is_accepted_with_its_prefix(typed: str) -> None:
    assert MobileField(region="MA").clean(typed) == "+33612345678"


def test_a_number_without_prefix_belongs_to_the_region_of_the_field() -> None:
    assert MobileField(region="MA").clean("0612345678") == "+212612345678"
    assert MobileField(region="FR").clean("0612345678") == "+33612345678"


@pytest.mark.parametrize("typed", ["0612345678", "06\u202f12\u202f34\u202f56\u202f78", "٠٦١٢٣٤٥٦٧٨", "612345678"])
def test_a_number_without_prefix_is_refused_where_no_country_is_known(typed: str) -> None:
    assert "indicatif de son pays (+212, +33)" in sentence(MobileField(), typed)


def test_a_model_makes_no_number_of_one_without_prefix() -> None:
    assert not Complainant(mobile="0612345678").mobile.is_valid()


@pytest.mark.parametrize("typed", ["0522435600", "+212 5 28 81 23 45", "01 47 70 30 97"])
def test_a_fixed_line_is_refused_with_its_own_sentence(typed: str) -> None:
    field = MobileField(region="FR" if typed.startswith("01") else "MA")
    assert "ligne fixe" in sentence(field, typed)


@pytest.mark.parametrize("typed", ["0801001818", "0892123456"])
def test_a_special_number_is_refused_with_its_own_sentence(typed: str) -> None:
    assert "numéro spécial" in sentence(MobileField(region="MA"), typed)


@pytest.mark.parametrize("typed", ["061234567", "06123456789", "12", "+", "06-12-AB-56-78", "0612345678 poste 4", "²"])
def test_a_malformed_number_is_told_the_shape_it_should_have(typed: str) -> None:
    assert "il compte 10 chiffres et commence par 06 ou 07" in sentence(MobileField(region="MA"), typed)


@pytest.mark.parametrize("between", ["; ", " / ", ", ", " ou ", " "])
def test_two_numbers_in_one_field_are_refused(between: str) -> None:
    assert "un seul numéro" in sentence(MobileField(region="MA"), f"0612345678{between}0712345678")


@pytest.mark.parametrize("typed", ["+34 612 345 678", "+1 876 555 1234", "0044 7911 123456"])
def test_a_mobile_of_another_country_is_refused_with_the_accepted_prefixes(typed: str) -> None:
    assert "+212, +33" in sentence(MobileField(region="MA"), typed)


def test_the_accepted_countries_are_those_that_receive_sms(settings) -> None:
    settings.SMS_ALLOWED_REGIONS = ["MA", "ES"]
    assert MobileField().clean("+34 612 345 678") == "+34612345678"
    assert "+212, +34" in sentence(MobileField(region="FR"), "+33612345678")
    assert "+212, +34" in sentence(MobileField(region="FR"), "0612345678")


def test_an_optional_mobile_left_empty_is_an_empty_string() -> None:
    assert MobileField(required=False).clean(" ") == ""


# --- E-mail addresses ---------------------------------------------------------------------------------------------


@pytest.mark.req("A31")
def test_an_address_is_found_again_whatever_its_case() -> None:
    assert EmailAddressField().clean("  Salma.IDRISSI@Example.MA ") == clean_email("salma.idrissi@example.ma")


def test_marks_pasted_with_an_address_are_left_out() -> None:
    assert EmailAddressField().clean("\u200bsalma@example.ma\ufeff") == "salma@example.ma"


@pytest.mark.req("C24")
@pytest.mark.parametrize("typed", ["salma", "salma@", "@example.ma", "a@b@c.ma", "salma@example", "s a@example.ma"])
def test_an_incomplete_address_is_refused_with_an_example(typed: str) -> None:
    assert "nom@exemple.ma" in sentence(EmailAddressField(), typed)


def test_no_line_break_survives_in_an_address() -> None:
    assert EmailAddressField().clean("salma@example.ma\r\n") == "salma@example.ma"
    assert sentence(EmailAddressField(), "salma@example.ma\r\nBcc: x@example.ma")


# --- Numbers of persons and accounts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"), [("bk 123456", "BK123456"), ("a.12345", "A12345"), ("BE٨٧٦٥٤٣", "BE876543")]
)
def test_a_cin_is_kept_in_upper_case_without_spaces(typed: str, kept: str) -> None:
    assert CinField().clean(typed) == kept


@pytest.mark.parametrize("typed", ["123456", "ABC12345", "BK12", "BK12345678", "ß12345", "ВК123456"])
def test_a_malformed_cin_is_refused_with_an_example(typed: str) -> None:
    assert "BK123456" in sentence(CinField(), typed)


def test_a_cnss_number_has_nine_digits() -> None:
    assert CnssNumberField().clean("123 456 789") == "123456789"
    assert "9 chiffres" in sentence(CnssNumberField(), "1678541")


@pytest.mark.req("C22")
def test_the_key_of_a_social_security_number_is_computed_when_left_out() -> None:
    assert NirField().clean("2 95 10 99 126 111") == "295109912611193"


@pytest.mark.req("C22")
def test_a_social_security_number_with_its_key_is_kept_as_fifteen_characters() -> None:
    assert NirField().clean("2 95 10 99 126 111 93") == "295109912611193"


def test_a_wrong_social_security_key_is_refused() -> None:
    assert "clé" in sentence(NirField(), "295109912611194")


@pytest.mark.parametrize(("typed", "key"), [("253072A073004", "43"), ("253072b073004", "70")])
def test_corsican_departments_are_part_of_the_key(typed: str, key: str) -> None:
    assert NirField().clean(typed) == typed.upper() + key == nir.validate(typed.upper() + key)


@pytest.mark.parametrize("first", "3478")
def test_a_temporary_social_security_number_is_accepted(first: str) -> None:
    assert NirField().clean(f"{first}950099126111"[:13].replace("00", "62")).startswith(first)


@pytest.mark.parametrize(
    "typed", ["295139912611", "2951399126111", "595109912611193", "29510991261119", "2A5109912611193"]
)
def test_a_malformed_social_security_number_is_refused(typed: str) -> None:
    assert "13 chiffres" in sentence(NirField(), typed)


def test_a_rib_is_accepted_with_spaces_and_arabic_digits() -> None:
    assert RibField().clean("011 519 ٠٠٠٠٠١٢٠٥٠٠٠٥٣٤٩ 21") == RIB


@pytest.mark.parametrize("typed", [f"MA64{RIB}", "ma64 0115 1900 0001 2050 0053 4921", f"IBAN : MA64 {RIB}"])
def test_a_pasted_iban_gives_the_rib_it_holds(typed: str) -> None:
    assert RibField().clean(typed) == RIB


@pytest.mark.parametrize("check", ["63", "65", "00", "46"])
def test_an_iban_whose_check_digits_are_wrong_is_refused(check: str) -> None:
    assert "après MA" in sentence(RibField(), f"MA{check}{RIB}")


def test_an_iban_around_a_wrong_rib_is_refused_for_the_rib() -> None:
    wrong = f"{RIB[:22]}22"
    assert "ce RIB" in sentence(RibField(), f"MA{iban_check(wrong)}{wrong}")


@pytest.mark.parametrize("key", ["00", "98", "99", "22"])
def test_a_rib_with_a_key_that_banks_never_give_is_refused(key: str) -> None:
    assert "clé" in sentence(RibField(), RIB[:22] + key)


@pytest.mark.parametrize("typed", ["0" * 24, "0" * 22 + "97"])
def test_a_rib_of_zeros_is_refused(typed: str) -> None:
    assert "clé" in sentence(RibField(), typed)


def test_keys_congruent_to_a_valid_one_are_refused() -> None:
    account = "0115190000012050000000"
    key = key_of(account)
    assert RibField().clean(account + key) == account + key
    assert all(sentence(RibField(), f"{account}{other:02d}") for other in range(100) if f"{other:02d}" != key)


def key_of(account: str) -> str:
    """The key by the other definition: the 24 digits are a multiple of 97, and the key is 01 to 97."""
    (key,) = (each for each in range(1, 98) if int(f"{account}{each:02d}") % 97 == 0)
    return f"{key:02d}"


@given(st.text("0123456789", min_size=22, max_size=22).filter(lambda text: text.strip("0")))
def test_every_account_has_exactly_one_key(account: str) -> None:
    assert RibField().clean(account + key_of(account))


# --- Names and texts ----------------------------------------------------------------------------------------------


@pytest.mark.req("C20", "C21")
@pytest.mark.parametrize("name", ["Salma", "بنعلي", "El-Idrissi", "N’Diaye", "D'Arcy", "José", "O", "李", "Jean 2"])
def test_a_name_in_any_script_is_accepted(name: str) -> None:
    assert PersonNameField().clean(name) == name


@pytest.mark.parametrize("name", ["1234", "--", "’", "٣"])
def test_a_name_without_a_letter_is_refused(name: str) -> None:
    assert "lettres" in sentence(PersonNameField(), name)


def test_a_name_is_kept_on_one_line_without_hidden_characters() -> None:
    assert PersonNameField().clean(" El\r\n  Idrissi\x00\u202e\u2028Salma ") == "El Idrissi Salma"


def test_a_name_of_eighty_one_letters_is_refused_with_its_length() -> None:
    assert PersonNameField().clean("a" * 80) == "a" * 80
    assert "81 caractères" in sentence(PersonNameField(), "a" * 81)


def test_a_reference_keeps_its_case_and_punctuation_on_one_line() -> None:
    assert ReferenceField().clean(" 2000grp/٠٠٠١-B\n°7 ") == "2000grp/0001-B °7"


def test_a_text_keeps_emoji_arabic_and_direction_marks() -> None:
    text = "Bonjour 👩🏽‍⚕️\n\nالسلام عليكم\u200f!\tFin"
    assert ProseField().clean(text) == text


def test_a_text_loses_what_no_database_or_reader_can_take() -> None:
    assert ProseField().clean("a\x00b\ud800c\u202ed\u2066e\x1bf\r\ng\rh\u2028i") == "abcdef\ng\nh\ni"


@pytest.mark.parametrize("field", [ProseField, ReferenceField])
@pytest.mark.parametrize("text", ["\x00\u202e", "\u200b\ufeff", " \u00ad\u2060\n\u3000\u200f "])
def test_a_text_of_invisible_characters_counts_as_empty(field: type[ProseField | ReferenceField], text: str) -> None:
    assert "obligatoire" in sentence(field(), text)
    assert field(required=False).clean(text) == ""


def test_a_text_too_long_is_refused_with_its_count_and_never_cut() -> None:
    field = ProseField(max_length=10)
    assert "12 caractères" in sentence(field, "a" * 12)
    assert "maxlength" not in field.widget.attrs


def test_only_decimal_digits_become_ascii() -> None:
    assert digits("٠۱2²½Ⅳ") == "012²½Ⅳ"


# --- Promises for every field -------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
@given(text=anything)
@example(text="0612345678")
@example(text="+212 (0)612345678 / 0712345678")
@example(text="²²²²²²²²²")
@example(text="\ud800@example.ma")
@example(text="İ@İ.ma")
@example(text='"\x01"@example.ma')
@example(text="a\x85b\x1cc\u2029d")
@example(text="e\x00\u0301 \u0301")
@example(text="2" * 13)
@example(text=RIB)
def test_any_text_is_kept_once_and_for_all_or_refused(field: forms.Field, text: str) -> None:
    try:
        kept = field.clean(text)
    except ValidationError:
        return
    assert field.clean(kept) == kept
    kept.encode()  # no lone surrogate
    assert "\x00" not in kept


@given(st.text(st.sampled_from("0123456789+-. ()ABab²٣\u202f"), max_size=30))
def test_text_that_looks_like_an_identifier_breaks_no_field(text: str) -> None:
    for field in FIELDS:
        try:
            assert field.clean(field.clean(text)) == field.clean(text)
        except ValidationError:
            continue
