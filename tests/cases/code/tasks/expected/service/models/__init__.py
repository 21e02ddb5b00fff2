from ..core.database import Base
from ..core.tasks.table import runs as task_runs
from .priority import Priority
from .user import User

__all__ = [
    "Base",
    "Priority",
    "User",
    "task_runs",
]
