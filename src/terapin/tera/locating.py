from __future__ import annotations

from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Final, NamedTuple

from terapin.tera.errors import FaultError, TemplateError, UndefinedError, names_help
from terapin.tera.program import Place, Program

_SHOWN_CALLS: Final = 4


class _Call(NamedTuple):
    program: Program
    place: Place
    frame: FrameType

    def position(self) -> str:
        line, column = self.program.source.position(self.place.span.start)
        return f"{self.program.source.name}:{line}:{column}"


def located(error: Exception, template: str) -> TemplateError:
    """The error of rendering a template, at the place that its traceback leads to."""
    calls = _calls(error.__traceback__)
    if not calls:
        return TemplateError(f"rendering failed: {error!r}", template, 0, 0, "")
    innermost = calls[-1]
    outer = list(dict.fromkeys(call.position() for call in reversed(calls[:-1])))
    notes = tuple(f"called from {position}" for position in outer[:_SHOWN_CALLS])
    message, help = _description(error, innermost)
    found = innermost.program.source.error(innermost.place.span, message, help, notes)
    found.values = tuple(_values(error.__traceback__))
    return found


def _values(traceback: TracebackType | None) -> Iterator[object]:
    """What a filter was called with comes before the variables of loops, and those of inner loops first."""
    frames = []
    while traceback:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    for frame in reversed(frames):
        own = list(frame.f_locals.values())
        yield from reversed(own) if "__program__" in frame.f_globals else own


def _calls(traceback: TracebackType | None) -> list[_Call]:
    calls = []
    while traceback:
        frame = traceback.tb_frame
        program = frame.f_globals.get("__program__")
        if program and (place := program.places.get(traceback.tb_lineno)):
            calls.append(_Call(program, place, frame))
        traceback = traceback.tb_next
    return calls


def _description(error: Exception, call: _Call) -> tuple[str, str]:
    label = call.place.label
    if isinstance(error, KeyError) and _was_raised_in(call.frame, error):
        available = (*call.place.names, *call.frame.f_locals["scope"])
        return f"{label} not found", names_help(available, str(error.args[0]))
    if isinstance(error, FaultError):
        return f"{label} {error}", error.help if isinstance(error, UndefinedError) else ""
    if isinstance(error, RecursionError):
        return f"{label} recurses too deep", ""
    return f"{label} failed: {type(error).__name__}: {error}", ""


def _was_raised_in(frame: FrameType, error: Exception) -> bool:
    """Whether the compiled code itself looked for the key: all it indexes is its scope."""
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame is frame
