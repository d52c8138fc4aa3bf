"""`make bench`: the stack as in production on this machine, filled and measured beside a bare Django view.

CASES=10000 (or several, « 10000,100000 », which are also compared), ROUNDS=12. See docs/performance.md.
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

from claims_portal import local

FOLDER = local.BASE_DIR / "var" / "bench"
# As many workers and threads as `deploy/gunicorn.conf.py` gives the portal.
FLOOR = [sys.executable, "-m", "gunicorn", "bench.floor", "--workers", "2", "--threads", "4", "--no-control-socket"]
AGENT = "agent.acaps@demo.invalid"
NO_LIMIT = "100000000"
LIMITS = ("FILING_ADDRESS", "FILING_PATIENT", "UPLOAD_ADDRESS", "DRAFT_ADDRESS", "TRACKING_ADDRESS", "TRACKING_NUMBER")


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
        environment |= {f"LIMIT_{name}": NO_LIMIT for name in LIMITS}
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


def main() -> int:
    sizes = sorted(int(each) for each in os.environ.get("CASES", "10000").split(","))
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
            return compare(sizes, rounds, port, floor_port)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


def compare(sizes: list[int], rounds: int, port: int, floor_port: int) -> int:
    """Load and measure each size, the smallest first; 1 when an aim is missed."""
    from django.conf import settings

    from . import journeys, report
    from .load import load_cases
    from .measure import Crew, count_queries, measure

    sign_in = partial(journeys.sign_in, email=AGENT, password=settings.DEMO_PASSWORD)
    crews = {"public": Crew(port), "agent": Crew(port, sign_in), "floor": Crew(floor_port)}
    found: dict[int, list[report.Line]] = {}
    for cases in sizes:
        begun = time.perf_counter()
        loaded, rows = load_cases(cases)
        took = time.perf_counter() - begun
        print(f"\n{loaded} cases ({rows} rows) loaded in {took:.1f} s: {rows / took:.0f} rows/s", flush=True)
        measures = measure(crews, cases, rounds)
        queries = count_queries(cases, sign_in)
        found[cases] = report.lines(measures, queries)
        report.show(cases, found[cases], measures)
        path = report.keep(cases, found[cases], measures, {"load": {"cases": loaded, "rows": rows, "seconds": took}})
        print(f"\n→ {path.relative_to(Path.cwd())}", flush=True)
    if len(found) > 1:
        report.show_growth(found)
    return int(any(line.missed for each in found.values() for line in each))


if __name__ == "__main__":
    raise SystemExit(main())
