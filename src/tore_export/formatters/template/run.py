"""Rendering a template on a document, and saying where and why it failed."""

from __future__ import annotations

import re
from types import TracebackType

from jinja2 import Template, TemplateNotFound
from jinja2 import TemplateError as JinjaError

from tore_export.errors import FormatError, TemplateError
from tore_export.formatters.template.compile import compiled
from tore_export.formatters.template.document import DocumentValue
from tore_export.formatters.template.limits import ACTIVE, MAX_OUTPUT_BYTES, Budget
from tore_export.formatters.template.source import TemplateSource

__all__ = ["json_lines", "rendered"]

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def rendered(source: TemplateSource, document: DocumentValue) -> str:
    """Return what the template makes of a document.

    **Raises** TemplateError with the line it failed in.
    """
    template = compiled(source)
    token = ACTIVE.set(Budget(document, document.n_elements))
    try:
        context = template.new_context({"document": document})
        content = "".join(template.root_render_func(context))
    except Exception as error:  # the template is a program, and may do anything wrong
        raise _told(error, source.name) from error
    finally:
        ACTIVE.reset(token)
    size = len(content) if content.isascii() else len(content.encode("utf-8", "replace"))
    if size > MAX_OUTPUT_BYTES:
        raise TemplateError(
            "the template writes too much",
            where=source.name,
            found=f"{size / 1e6:,.0f} MB",
            allowed=f"{MAX_OUTPUT_BYTES / 1e6:,.0f} MB a document",
        )
    return content


def _told(error: Exception, name: str) -> TemplateError:
    where = _line_of(error.__traceback__) or name
    if isinstance(error, TemplateError):
        error.where = error.where or where
        return error
    if isinstance(error, FormatError):
        told = str(error)
    elif isinstance(error, RecursionError):
        told = "the template calls or includes itself without end"
    elif isinstance(error, TemplateNotFound):
        told = f"the template includes one that is not there: {error.name}"
    elif isinstance(error, JinjaError):
        told = error.message or type(error).__name__
    else:
        told = f"{type(error).__name__}: {error}"
    return TemplateError(_ADDRESS.sub("", told)[:500], where=where)


def _line_of(trace: TracebackType | None) -> str | None:
    """Return file and line of the innermost template a trace went through."""
    found = None
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            found = f"{template.name}:{template.get_corresponding_lineno(trace.tb_lineno)}"
        trace = trace.tb_next
    return found


def json_lines(content: str, name: str) -> str:
    """Return JSON lines without empty ones.

    **Raises** TemplateError for a line that is no JSON.
    """
    import msgspec

    lines = [line for line in content.split("\n") if line and not line.isspace()]
    for number, line in enumerate(lines, 1):
        try:
            msgspec.json.decode(line.encode())
        except (msgspec.DecodeError, UnicodeEncodeError) as error:
            raise TemplateError(
                "the template wrote a line that is no JSON",
                where=name,
                found=f"line {number}: {line.strip()[:60]}",
                allowed="a JSON value a line",
                hint=f"{error}; write values with the filter tojson",
            ) from error
    return "".join(f"{line}\n" for line in lines)
