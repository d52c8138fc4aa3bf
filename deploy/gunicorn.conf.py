"""How gunicorn runs the portal, on a developer's machine as in production."""

import gc
import os

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 10
# Recycled now and then, never all at once: a slow leak in a parser stays small.
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True


def post_worker_init(worker: object) -> None:
    """Start the processes that examine files before the first person needs them, and spare the garbage collector."""
    from claims_portal.documents import services
    from claims_portal.documents import worker as examiners

    examiners.warm(services.allowance())
    # What is loaded by now stays: it need not be walked again at each page.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
