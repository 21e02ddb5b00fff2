"""The template language Tera 1.20, compiled to Python."""

from terapin.tera.environment import Environment
from terapin.tera.errors import FaultError, TemplateError

__all__ = ["Environment", "FaultError", "TemplateError"]
