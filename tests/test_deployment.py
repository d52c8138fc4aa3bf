"""What a deployment refuses at its start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from claims_portal.local import BASE_DIR, free_port, wait_for_port

CONFIG = str(Path("deploy") / "gunicorn.conf.py")


def start(address: str, proxies: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gunicorn", "tests.documents.misbehaviour:application", "--config", CONFIG]
    environment = os.environ | {"TRUSTED_PROXIES": proxies}
    command += ["--bind", address, "--workers", "1"]
    return subprocess.Popen(command, cwd=BASE_DIR, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]"])
def test_the_web_does_not_listen_to_the_network_without_a_proxy(host: str) -> None:
    process = start(f"{host}:{free_port()}", "")
    _output, errors = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "name its network in TRUSTED_PROXIES" in errors


@pytest.mark.parametrize(("host", "proxies"), [("127.0.0.1", ""), ("localhost", ""), ("127.0.0.1", "10.0.0.0/8")])
def test_the_web_listens_on_the_machine_itself(host: str, proxies: str) -> None:
    port = free_port()
    process = start(f"{host}:{port}", proxies)
    try:
        wait_for_port(port)
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate(timeout=20)
