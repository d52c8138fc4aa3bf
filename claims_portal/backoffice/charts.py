"""Figures as drawings: where each shape of an SVG stands, in whole units of its view box. Templates draw them.

A chart is told by its title, its legend and the table behind it; colours differ by lightness and by pattern, so that
neither colour blindness nor a grey printer loses anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 480  # a telephone shows it at two thirds, a wide screen at four: words stay legible on both
ROW = 44  # a bar and its label
BAR = 16
LETTER = 10  # the width of a letter, at most: what is kept free at the end of the longest bar for its number
MOST_LETTERS = 50  # of a label: the table has it whole
MOST_BARS = 15
HEIGHT, LEFT, TOP, BOTTOM = 200, 48, 12, 28  # of a line chart


@dataclass(frozen=True)
class Segment:
    """A part of a bar; `kind` chooses its colour and pattern."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """One labelled bar, with its number at its end."""

    label: str
    text: str
    y: int
    segments: list[Segment]
    text_x: int


@dataclass(frozen=True)
class Bars:
    """Horizontal bars under each other; `hidden` more stand only in the table."""

    rows: list[Bar]
    height: int
    hidden: int = 0
    start_x: int = 0  # where labels begin: at the right in a right-to-left page
    anchor: str = "start"
    width: int = WIDTH
    thickness: int = BAR


Row = tuple[str, Sequence[tuple[str, float]], str]  # label, its parts by kind, the number in words


def bars(rows: Sequence[Row], *, right_to_left: bool = False) -> Bars:
    """Stack the parts of each row; the longest row fills the width. A part above zero is never invisible."""
    shown = rows[:MOST_BARS]
    longest = max((sum(value for _kind, value in parts) for _label, parts, _text in shown), default=0) or 1
    unit = (WIDTH - 16 - LETTER * max((len(text) for _label, _parts, text in shown), default=0)) / longest
    made = []
    for number, (label, parts, text) in enumerate(shown):
        segments, at = _stacked(parts, unit)
        if right_to_left:
            segments = [Segment(each.kind, WIDTH - each.x - each.width, each.width) for each in segments]
        text_x = WIDTH - at - 8 if right_to_left else at + 8
        cut = label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1].rstrip()}…"
        # The drawing goes from left to right; what is written in it, as the page does.
        words, told = (f"\u2067{each}\u2069" if right_to_left else each for each in (cut, text))
        made.append(Bar(words, told, number * ROW, segments, text_x))
    return Bars(
        made,
        height=max(len(shown), 1) * ROW,
        hidden=len(rows) - len(shown),
        start_x=WIDTH if right_to_left else 0,
        anchor="end" if right_to_left else "start",
    )


def _stacked(parts: Sequence[tuple[str, float]], unit: float) -> tuple[list[Segment], int]:
    """Return the parts one after the other, and where they end."""
    segments, at = [], 0
    for kind, value in parts:
        if value > 0:
            width = max(2, round(value * unit))
            segments.append(Segment(kind, at, width))
            at += width
    return segments, at


@dataclass(frozen=True)
class Tick:
    """A number on an axis."""

    at: int
    label: str


@dataclass(frozen=True)
class Series:
    """One line: the points of a polyline, and each point for its own mark."""

    kind: str
    points: list[tuple[int, int]]

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True)
class Lines:
    """Lines over time, zero at the bottom."""

    series: list[Series]
    across: list[Tick] = field(default_factory=list)
    upward: list[Tick] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - 16
    floor: int = HEIGHT - BOTTOM


def lines(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Lines:
    """Draw counts against equal steps; time goes from left to right in every language."""
    top = nice(max((value for _kind, values in series for value in values), default=0))
    floor, right = HEIGHT - BOTTOM, WIDTH - 16
    gap = (right - LEFT) / max(len(labels) - 1, 1)

    def x(number: int) -> int:
        return round(LEFT + number * gap)

    def y(value: float) -> int:
        return round(floor - value * (floor - TOP) / top)

    marks = sorted({0, len(labels) // 2, len(labels) - 1}) if labels else []
    return Lines(
        series=[Series(kind, [(x(at), y(value)) for at, value in enumerate(values)]) for kind, values in series],
        across=[Tick(x(number), labels[number]) for number in marks],
        upward=[Tick(y(value), str(value)) for value in (0, top // 2, top)],
    )


def nice(value: int) -> int:
    """Return the round even number an axis ends with, such as 2, 4, 10, 20, 40 or 100."""
    scale = 1
    while True:
        for step in (2, 4, 10):
            if value <= step * scale:
                return step * scale
        scale *= 10
