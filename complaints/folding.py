"""Texts as they are compared: what people write in several ways is written in one."""

from __future__ import annotations

import unicodedata

# One letter for what people write in several ways: ى for ي, ة for ه, Persian letters, œ; hyphens part words.
LETTERS = str.maketrans(
    {"ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ٱ": "ا", "ک": "ك", "گ": "ك", "ڭ": "ك"}
    | {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("-_‐‑‒–—/.,،·", " ")
    | dict.fromkeys("'’‘ʼ`´ـ", "")
)
LONGEST_NAME = 170
MOST_WORDS = 5  # of a name that was said: each more is one more look-up


def folded(text: str) -> str:
    """A text without accents, vowel signs and capitals, one letter for its variants, single spaces."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return " ".join(plain.translate(LETTERS).split())


def search_name(last_name: str, first_name: str) -> str:
    """A name as it is searched: folded, without spaces, for Ben Ali is also written Benali, and عبد الله as عبدالله.

    What is changed here is changed in the names of known cases by a migration, as 0025 does.
    """
    return folded(f"{last_name} {first_name}").replace(" ", "")[:LONGEST_NAME]


def name_beginnings(name: str) -> list[str]:
    """How `search_name` may begin for a name as it was said: in this order, and with each of its words first.

    Cases know « nom prénom », people say « prénom nom ».
    """
    words = folded(name).split()
    turns = range(len(words)) if len(words) <= MOST_WORDS else range(1)
    beginnings = ("".join(words[turn:] + words[:turn])[:LONGEST_NAME] for turn in turns)
    return list(dict.fromkeys(filter(None, beginnings)))
