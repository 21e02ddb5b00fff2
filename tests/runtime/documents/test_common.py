"""The tests that each service gets, for resources in PostgreSQL and in MongoDB alike."""

from terapin.runtime.tests.test_reading import *  # noqa: F403
from terapin.runtime.tests.test_service import *  # noqa: F403
from terapin.runtime.tests.test_writing import *  # noqa: F403
