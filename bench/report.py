"""The numbers as a table and as JSON, each beside its aim: a ratio to the floor of the same run."""

from __future__ import annotations

import gzip
import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # Django is not set up in the process that compares
    from .measure import Measures

RESULTS = Path(__file__).resolve().parent / "results"
PAGE, POST = "floor page", "floor post"
# Labels by how they begin: what they are compared with, the most they may take of it, the most queries.
AIMS: list[tuple[str, str, float | None, int | None]] = [
    ("floor", "", None, None),
    ("last step", POST, 3, 20),
    ("upload step", POST, 3, None),
    ("photograph", POST, None, None),  # decoding eight million pixels
    ("whole", "", None, None),
    ("declaration", PAGE, 5, 8),  # the member, and what their policy guarantees, besides what every step reads
    ("check page, declaration", PAGE, 5, 10),  # and two for what is worth knowing before sending
    ("validate", POST, None, None),
    ("post ", POST, None, None),
    ("list", PAGE, 15, 15),
    ("search", PAGE, 15, 15),
    ("front page", PAGE, 15, 15),
    ("figures", PAGE, None, 15),
    ("case page", PAGE, None, 15),
    ("", PAGE, 5, 6),
]
# Between sizes: these may take at most so much longer with ten times the cases.
FLAT = ("front page", "figures", "list", "search", "tracking", "dashboard", "follow-up", "claims", "case page")
FLAT_AIM = 1.3


class Size(NamedTuple):
    """How much is in the tables."""

    cases: int
    declarations: int

    def __str__(self) -> str:
        return f"{self.cases} cases, {self.declarations} declarations"


@dataclass
class Line:
    """One page or post. Milliseconds; bytes of the page, and as sent by a proxy that compresses.

    `quiet_ratio` compares the fastest tenths: what is left of the ratio when somebody else uses the machine too.
    """

    label: str
    times: int
    p50: float
    p95: float
    p99: float
    ratio: float | None
    quiet_ratio: float | None
    aim: float | None
    queries: int | None
    most_queries: int | None
    bytes: int
    compressed: int

    @property
    def missed(self) -> bool:
        slow = self.ratio is not None and self.aim is not None and self.ratio > self.aim
        return slow or (self.queries is not None and self.most_queries is not None and self.queries > self.most_queries)


@dataclass(frozen=True)
class Found:
    """What measuring a size found; `missed`: an aim of what happens at once."""

    size: Size
    lines: list[Line]
    missed: bool


def percentile(seconds: list[float], part: float) -> float:
    """The value below which this part lies, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def lines(measures: Measures, queries: dict[str, int]) -> list[Line]:
    """A line a label, in the order of the journeys."""
    found = []
    for label, seconds in measures.seconds.items():
        _start, floor, aim, most_queries = next(each for each in AIMS if label.startswith(each[0]))
        beside = measures.seconds[floor] if floor else []
        body = measures.bodies.get(label, b"")
        found.append(
            Line(
                label=label,
                times=len(seconds),
                p50=percentile(seconds, 0.5),
                p95=percentile(seconds, 0.95),
                p99=percentile(seconds, 0.99),
                ratio=percentile(seconds, 0.5) / percentile(beside, 0.5) if beside else None,
                quiet_ratio=percentile(seconds, 0.1) / percentile(beside, 0.1) if beside else None,
                aim=aim,
                queries=queries.get(label),
                most_queries=most_queries,
                bytes=len(body),
                compressed=len(gzip.compress(body)) if body else 0,
            )
        )
    return found


def show(size: Size, found: list[Line], measures: Measures) -> None:
    """Print both tables of one size."""
    print(f"\n{size}")
    heads = f"{'':28}{'times':>6}{'p50 ms':>9}{'p95':>8}{'p99':>8}{'× floor':>9}{'quiet':>7}{'aim':>6}{'queries':>9}"
    print(f"{heads}{'kB':>7}{'gzip':>6}")
    for each in found:
        ratio = f"{each.ratio:.1f}" if each.ratio else ""
        quiet = f"{each.quiet_ratio:.1f}" if each.quiet_ratio else ""
        aim = f"{each.aim:g}" if each.aim else ""
        count = "" if each.queries is None else str(each.queries)
        print(
            f"{each.label:28}{each.times:>6}{each.p50:>9.1f}{each.p95:>8.1f}{each.p99:>8.1f}{ratio:>9}{quiet:>7}{aim:>6}"
            f"{count:>9}{each.bytes / 1000:>7.1f}{each.compressed / 1000:>6.1f}{'  MISSED' if each.missed else ''}"
        )
    print(f"\n{'four at once':28}{'requests/s':>12}{'journeys/s':>12}")
    for name, rate in measures.requests_a_second.items():
        print(f"{name:28}{rate:>12.0f}{measures.journeys_a_second[name]:>12.1f}")


def compared(found: list[Found]) -> int:
    """Print how much longer each page takes at the largest size than at the smallest; 1 when any aim is missed."""
    small, large = found[0], found[-1]
    missed = any(each.missed for each in found) or any(line.missed for each in found for line in each.lines)
    if small is large:
        return int(missed)
    before = {each.label: each for each in small.lines}
    print(f"\n{large.size} beside {small.size}, measured by turns (p50, p95)")
    for each in large.lines:
        if old := before.get(each.label):
            growth = each.p50 / old.p50
            late = each.label.startswith(FLAT) and growth > FLAT_AIM
            missed = missed or late
            print(f"{each.label:28}{growth:>9.2f}{each.p95 / old.p95:>9.2f}{'  MISSED' if late else ''}")
    return int(missed)


def keep(size: Size, found: list[Line], measures: Measures, more: dict[str, Any]) -> Path:
    """Write the JSON file of one size."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{size.cases}-{size.declarations}.json"
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **size._asdict(),
        "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()},
        "pages": [asdict(each) | {"missed": each.missed} for each in found],
        "requests_a_second": measures.requests_a_second,
        "journeys_a_second": measures.journeys_a_second,
        **more,
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    return path
