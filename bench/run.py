"""`make bench`: the stack as in production on this machine, filled and measured beside a bare Django view.

CASES=10000, DECLARATIONS=20000 (or several, « 10000,100000 », which are also compared), ROUNDS=12, SECONDS=60.
Each size has a stack and a process of its own. They take turns, a round each: what slows the machine for a while slows
all sizes alike. See docs/performance.md.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from claims_portal import local

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
def process(log_file: Path, command: list[str], environment: local.Environment) -> Iterator[None]:
    """Run a program in the background, its output in a file of its own; stopped by its id."""
    with log_file.open("wb") as log:
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
def stack(folder: Path) -> Iterator[tuple[local.Environment, int, int]]:
    """Everything at work; gives the environment, the portal's port and the floor's."""
    port, floor_port = local.free_port(), local.free_port()
    with contextlib.ExitStack() as started:
        addresses = started.enter_context(local.services(folder))
        environment = local.instance_environment(folder, port) | addresses
        environment |= {f"LIMIT_{name}": NO_LIMIT for name in LIMITS} | {"MEMBER_IDLE_SECONDS": NO_LIMIT}
        local.prepare(environment)
        local.manage(environment, "load_demo")
        floor = environment | floor_environment(addresses["DATABASE_URL"], folder / "floor-files")
        local.call(floor, sys.executable, "-m", "bench.floor")
        lines = local.process_lines(port)
        started.enter_context(process(folder / "web.log", shlex.split(lines["web"]), environment))
        started.enter_context(process(folder / "worker.log", shlex.split(lines["worker"]), environment))
        started.enter_context(process(folder / "floor.log", [*FLOOR, "--bind", f"127.0.0.1:{floor_port}"], floor))
        local.wait_for_port(port, seconds=60)
        local.wait_for_port(floor_port, seconds=60)
        yield environment, port, floor_port


def floor_environment(database_url: str, files: Path) -> local.Environment:
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
    files.mkdir(exist_ok=True)
    return {"FLOOR_DATABASE_URL": database_url.rpartition("/")[0] + "/floor", "FLOOR_FOLDER": str(files)}


def sizes() -> list[report.Size]:
    """The sizes asked for, the smallest first; of the shorter list, the last one goes on."""
    cases = sorted(int(each) for each in os.environ.get("CASES", "10000").split(","))
    declarations = sorted(int(each) for each in os.environ.get("DECLARATIONS", "20000").split(","))
    steps = range(max(len(cases), len(declarations)))
    return [
        report.Size(cases[min(step, len(cases) - 1)], declarations[min(step, len(declarations) - 1)]) for step in steps
    ]


def main() -> int:
    rounds = int(os.environ.get("ROUNDS", "12"))
    # A termination must unwind like Ctrl-C does, so that everything started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        with contextlib.ExitStack() as started:
            found = in_turns([started.enter_context(side(size, rounds)) for size in sizes()])
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    return report.compared(found)


@contextlib.contextmanager
def side(size: report.Size, rounds: int) -> Iterator[Connection]:
    """The process of a size; gives the pipe on which it waits for its turns."""
    ours, theirs = multiprocessing.Pipe()
    # A new interpreter each: a process of Django knows one database.
    running = multiprocessing.get_context("spawn").Process(target=take_turns, args=(size, rounds, theirs))
    running.start()
    theirs.close()
    try:
        yield ours
    except BaseException:
        running.terminate()
        raise
    finally:
        running.join()


def in_turns(sides: Sequence[Connection]) -> list[report.Found]:
    """Let each side do its next part, one after the other, until all have found what they look for.

    EOFError when one died: it has said why.
    """
    found: dict[Connection, report.Found] = {}
    while len(found) < len(sides):
        for pipe in [each for each in sides if each not in found]:
            pipe.send(None)
            if (answer := pipe.recv()) is not None:
                found[pipe] = answer
    return [found[each] for each in sides]


def take_turns(size: report.Size, rounds: int, pipe: Connection) -> None:
    """What the process of a size does: a part of the work at each turn, at last what it found."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(measured(size, rounds)) as parts:
        while True:
            pipe.recv()
            try:
                next(parts)
            except StopIteration as end:
                pipe.send(end.value)
                return
            pipe.send(None)


def measured(size: report.Size, rounds: int) -> Generator[None, None, report.Found]:
    """Load a size and measure it, then what happens at once; every `yield` is the end of a turn."""
    folder = FOLDER / f"{size.cases}-{size.declarations}"
    folder.mkdir()
    with stack(folder) as (environment, port, floor_port):
        os.environ.update(environment)
        import django

        django.setup()
        from django.conf import settings

        from claims_portal.documents.worker import stop

        from . import journeys, member_journeys
        from .busy import busy
        from .declarations import AGENT as HANDLER
        from .measure import Crew, WayIn, count_queries, measure
        from .statements import claims_a_second

        loaded = load(size)
        settle()
        yield
        sign_in = partial(journeys.sign_in, password=settings.DEMO_PASSWORD)
        desk = partial(sign_in, email=HANDLER)
        ways_in: dict[str, WayIn | None] = {"public": None, "agent": partial(sign_in, email=AGENT)}
        ways_in |= {"member": member_journeys.enter, "desk": desk}
        crews = {who: Crew(port, way_in) for who, way_in in ways_in.items()} | {"floor": Crew(floor_port)}
        measures = yield from measure(crews, size.cases, rounds)
        lines = report.lines(measures, count_queries(size.cases, ways_in))
        stop()  # what examined files while queries were counted: this process would wait for it at its end
        report.show(size, lines, measures)
        together, statements = busy(port, desk), round(claims_a_second())
        print(f"\n{statements} statements computed a second, in one process")
        more = {"load": loaded, "busy": together, "statements_a_second": statements}
        path = report.keep(size, lines, measures, more)
        print(f"\n→ {path.relative_to(Path.cwd())}", flush=True)
        return report.Found(size, lines, bool(together["missed"]))


def settle() -> None:
    """Write down what was loaded, so that nobody waits for that disk later on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    os.sync()


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
