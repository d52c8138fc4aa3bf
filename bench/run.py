"""`make bench`: the stack as in production on this machine, filled and measured beside a bare Django view.

CASES=10000, DECLARATIONS=20000 (or several, « 10000,100000 », which are also compared), ROUNDS=12, SECONDS=60.
See docs/performance.md.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from claims_portal import local

if TYPE_CHECKING:
    from . import report

FOLDER = local.BASE_DIR / "var" / "bench"
# As many workers and threads as `deploy/gunicorn.conf.py` gives the portal.
FLOOR = [sys.executable, "-m", "gunicorn", "bench.floor", "--workers", "2", "--threads", "4", "--no-control-socket"]
AGENT = "agent.acaps@demo.invalid"
NO_LIMIT = "100000000"
LIMITS = (
    *("FILING_ADDRESS", "FILING_PATIENT", "UPLOAD_ADDRESS", "DRAFT_ADDRESS"),
    *("TRACKING_ADDRESS", "TRACKING_NUMBER", "DECLARATION_MEMBER"),
)


@contextlib.contextmanager
def process(name: str, command: list[str], environment: local.Environment) -> Iterator[None]:
    """Run a program in the background, its output in a file of its own; stopped by its id."""
    with (FOLDER / f"{name}.log").open("wb") as log:
        running = subprocess.Popen(command, env=environment, cwd=local.BASE_DIR, stdout=log, stderr=log)
        try:
            yield
        finally:
            running.terminate()
            try:
                running.wait(timeout=20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


@contextlib.contextmanager
def stack() -> Iterator[tuple[local.Environment, int, int]]:
    """Everything at work; gives the environment, the portal's port and the floor's."""
    port, floor_port = local.free_port(), local.free_port()
    with contextlib.ExitStack() as started:
        addresses = started.enter_context(local.services(FOLDER))
        environment = local.instance_environment(FOLDER, port) | addresses
        environment |= {f"LIMIT_{name}": NO_LIMIT for name in LIMITS} | {"MEMBER_IDLE_SECONDS": NO_LIMIT}
        local.prepare(environment)
        local.manage(environment, "load_demo")
        floor = environment | floor_environment(addresses["DATABASE_URL"])
        local.call(floor, sys.executable, "-m", "bench.floor")
        lines = local.process_lines(port)
        started.enter_context(process("web", shlex.split(lines["web"]), environment))
        started.enter_context(process("worker", shlex.split(lines["worker"]), environment))
        started.enter_context(process("floor", [*FLOOR, "--bind", f"127.0.0.1:{floor_port}"], floor))
        local.wait_for_port(port, seconds=60)
        local.wait_for_port(floor_port, seconds=60)
        yield environment, port, floor_port


def floor_environment(database_url: str) -> local.Environment:
    """A database of its own on the same server, and a folder for its files."""
    import environ
    import psycopg2

    given = environ.Env.db_url_config(database_url)
    server = {"dbname": given["NAME"], "user": given["USER"], "password": given["PASSWORD"], "host": given["HOST"]}
    with contextlib.closing(psycopg2.connect(**server, port=given["PORT"] or None)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS floor")
            cursor.execute("CREATE DATABASE floor")
    files = FOLDER / "floor-files"
    files.mkdir(exist_ok=True)
    return {"FLOOR_DATABASE_URL": database_url.rpartition("/")[0] + "/floor", "FLOOR_FOLDER": str(files)}


def sizes() -> list[tuple[int, int]]:
    """Cases and declarations of each size, the smallest first; of the shorter list, the last one goes on."""
    cases = sorted(int(each) for each in os.environ.get("CASES", "10000").split(","))
    declarations = sorted(int(each) for each in os.environ.get("DECLARATIONS", "20000").split(","))
    steps = range(max(len(cases), len(declarations)))
    return [(cases[min(step, len(cases) - 1)], declarations[min(step, len(declarations) - 1)]) for step in steps]


def main() -> int:
    rounds = int(os.environ.get("ROUNDS", "12"))
    # A termination must unwind like Ctrl-C does, so that everything started is stopped.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, signal.default_int_handler)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        with stack() as (environment, port, floor_port):
            os.environ.update(environment)
            import django

            django.setup()
            return compare(sizes(), rounds, port, floor_port)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


def compare(asked: list[tuple[int, int]], rounds: int, port: int, floor_port: int) -> int:
    """Load and measure each size, the smallest first, then what happens at once; 1 when an aim is missed."""
    from django.conf import settings

    from . import journeys, member_journeys, report
    from .busy import busy
    from .declarations import AGENT as HANDLER
    from .measure import Crew, WayIn, count_queries, measure
    from .statements import claims_a_second

    sign_in = partial(journeys.sign_in, password=settings.DEMO_PASSWORD)
    desk = partial(sign_in, email=HANDLER)
    ways_in: dict[str, WayIn | None] = {"public": None, "agent": partial(sign_in, email=AGENT)}
    ways_in |= {"member": member_journeys.enter, "desk": desk}
    found: dict[report.Size, list[report.Line]] = {}
    missed = False
    for size in [report.Size(*each) for each in asked]:
        loaded = load(size)
        crews = {who: Crew(port, way_in) for who, way_in in ways_in.items()} | {"floor": Crew(floor_port)}
        measures = measure(crews, size.cases, rounds)
        queries = count_queries(size.cases, ways_in)
        found[size] = report.lines(measures, queries)
        report.show(size, found[size], measures)
        together, statements = busy(port, desk), round(claims_a_second())
        print(f"\n{statements} statements computed a second, in one process")
        missed = missed or together["missed"]
        more = {"load": loaded, "busy": together, "statements_a_second": statements}
        path = report.keep(size, found[size], measures, more)
        print(f"\n→ {path.relative_to(Path.cwd())}", flush=True)
    if len(found) > 1:
        report.show_growth(found)
    return int(missed or any(line.missed for each in found.values() for line in each))


def load(size: report.Size) -> dict[str, dict[str, float]]:
    """Bring the tables to a size; gives, printed, how many were loaded, in how many rows and seconds."""
    from .declarations import load_declarations
    from .load import load_cases

    found = {}
    for name, loader, total in (
        ("cases", load_cases, size.cases),
        ("declarations", load_declarations, size.declarations),
    ):
        begun = time.perf_counter()
        loaded, rows = loader(total)
        took = time.perf_counter() - begun
        print(f"\n{loaded} {name} ({rows} rows) loaded in {took:.1f} s: {rows / took:.0f} rows/s", flush=True)
        found[name] = {"loaded": loaded, "rows": rows, "seconds": took}
    return found


if __name__ == "__main__":
    raise SystemExit(main())
