from __future__ import annotations

from terapin.runtime.core.resource import Resources

resources = Resources(())
