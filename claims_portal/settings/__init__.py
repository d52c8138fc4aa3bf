"""All settings, one topic a file, every deployment choice read from the environment.

`docs/operations.md` lists the variables. Nothing here has a default that would be
unsafe in production: a missing secret stops the process instead of weakening it.
"""

from .base import *  # noqa: F403
from .celery import *  # noqa: F403
from .database import *  # noqa: F403
from .demo import *  # noqa: F403
from .i18n import *  # noqa: F403
from .limits import *  # noqa: F403
from .logging import *  # noqa: F403
from .messaging import *  # noqa: F403
from .security import *  # noqa: F403
from .storage import *  # noqa: F403
