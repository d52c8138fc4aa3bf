"""Everything that is checked without running a test (`make quality`), and the texts to translate (`make messages`)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from claims_portal.local import BASE_DIR, Environment, instance_environment, secret_key, services

BIN = Path(sys.executable).parent
CATALOGUE = BASE_DIR / "locale" / "ar" / "LC_MESSAGES" / "django.po"
PYTHON = ["claims_portal", "membership", "complaints", "health_claims", "tests", "bench", "manage.py"]
TYPED = ["claims_portal", "membership", "complaints", "health_claims"]


def run(title: str, *command: str, environment: Environment | None = None) -> bool:
    """Run one check; its output is shown only when it fails."""
    done = subprocess.run(command, check=False, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
    print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {title}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def collect_messages(environment: Environment) -> None:
    """Bring the Arabic catalogue up to date with the texts of the code and the templates."""
    ignored = [f"--ignore={name}" for name in (".venv", "var", "tests", "bench", "deploy", "docs", "static")]
    command = [sys.executable, "manage.py", "makemessages", "--locale=ar", "--no-wrap", "--no-obsolete"]
    command += ["--add-location=file", *ignored]
    subprocess.run(command, cwd=BASE_DIR, env=environment, check=True, stdout=subprocess.DEVNULL)


def check_messages(environment: Environment) -> bool:
    """Every text has its Arabic, and none is marked as a guess."""
    before = CATALOGUE.read_bytes()
    try:
        collect_messages(environment)
        left = []
        for kind in ("--untranslated", "--only-fuzzy"):
            command = ["msgattrib", kind, "--no-obsolete", "--no-wrap", str(CATALOGUE)]
            found = subprocess.run(command, capture_output=True, text=True, check=True)
            left += [line for line in found.stdout.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
    finally:
        CATALOGUE.write_bytes(before)
    print(f"{'FAILED' if left else 'ok    '} Arabic is complete")
    print("\n".join(left))
    return not left


def production(environment: Environment) -> Environment:
    """The settings of a real deployment, for Django's own deployment checks."""
    return environment | {
        "PORTAL_DEMO": "0",
        "PORTAL_PUBLIC_URL": "https://portail.example.org",
        "ALLOWED_HOSTS": "portail.example.org",
        "EMAIL_URL": "smtp+tls://user:secret@127.0.0.1:587",
        "SMS_BACKEND": "claims_portal.notifications.sms.HttpJsonBackend",
        "SMS_GATEWAY": '{"url": "https://sms.example.org/send", "json": {"to": "{to}", "text": "{text}"}}',
    }


def audit() -> bool:
    """Known vulnerabilities of what is pinned; told and passed over where the advisory service does not answer."""
    command = [str(BIN / "pip-audit"), "--disable-pip", "--require-hashes", "--requirement", "requirements.txt"]
    command += ["--timeout", "10"]
    done = subprocess.run(command, check=False, cwd=BASE_DIR, capture_output=True, text=True)
    found = "known vulnerabilit" in done.stderr and "No known" not in done.stderr
    unreachable = done.returncode != 0 and not found
    print("FAILED pip-audit" if found else f"{'no answer' if unreachable else 'ok    '} pip-audit")
    if found:
        print(done.stdout)
    return not found


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="portal-quality-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with services(folder) as addresses:
            environment = instance_environment(folder, 8000) | addresses | {"SECRET_KEY": secret_key(folder)}
            if arguments == ["messages"]:
                collect_messages(environment)
                return 0
            manage = (sys.executable, "manage.py")
            deploy = (*manage, "check", "--deploy", "--fail-level", "WARNING")
            results = [
                run("ruff check", str(BIN / "ruff"), "check", *PYTHON),
                run("ruff format", str(BIN / "ruff"), "format", "--check", *PYTHON),
                run("djlint", str(BIN / "djlint"), "templates", "--lint", "--quiet"),
                run("mypy", sys.executable, "-m", "mypy", *TYPED, environment=environment),
                run("import-linter", str(BIN / "lint-imports"), environment=os.environ | environment),
                run("migrations", *manage, "makemigrations", "--check", "--dry-run", environment=environment),
                run("check --deploy", *deploy, environment=production(environment)),
                check_messages(environment),
                audit(),
            ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
