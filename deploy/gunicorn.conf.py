"""How gunicorn runs the portal, on a developer's machine as in production."""

import gc
import ipaddress
import os
import sys

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 10
# Recycled now and then, never all at once: a slow leak in a parser stays small.
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True


def on_starting(server):
    """Refuse to listen to the network without a declared proxy in front.

    A thread is busy while a request arrives: a few slow bodies would take them all. A proxy takes the whole request
    first (nginx does, `proxy_request_buffering`). On the machine itself nobody else connects.
    """
    open_to_others = [address for address in server.cfg.address if not is_local(address)]
    if open_to_others and not os.environ.get("TRUSTED_PROXIES"):
        sys.exit(
            f"gunicorn would listen at {open_to_others[0]} without a proxy: slow requests would stop the portal. Put "
            "nginx in front (deploy/nginx.conf) and name its network in TRUSTED_PROXIES, or bind to 127.0.0.1."
        )


def is_local(address):
    """Return whether only this machine can reach the address: a Unix socket, or a loopback address."""
    if not isinstance(address, tuple):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


def post_worker_init(worker: object) -> None:
    """Start the processes that examine files before the first person needs them, and spare the garbage collector."""
    from claims_portal.documents import services
    from claims_portal.documents import worker as examiners

    examiners.warm(services.allowance())
    # What is loaded by now stays: it need not be walked again at each page.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
