"""The sandbox: Jinja2 where nothing runs for ever, grows without bound, or reaches what is not its own.

Jinja's own sandbox keeps a template from Python's insides. Beyond that, every loop, call, statement
and comparison is made to count a step, and what makes texts or lists to count what it makes, by
changing the parsed template before it is compiled. What may be read of a value or called is listed;
what is not listed is refused.
"""

from __future__ import annotations

from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from jinja2 import (
    BaseLoader,
    StrictUndefined,
    Template,
    Undefined,
    nodes,
    pass_context,
)
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedFormatter
from jinja2.utils import Cycler, Joiner, Namespace

from tore_export.errors import TemplateError, nearest
from tore_export.formatters.template.bounds import Bounds
from tore_export.formatters.template.filters import FILTERS, INTERNAL
from tore_export.formatters.template.limits import ACTIVE, tick
from tore_export.formatters.template.methods import (
    ATTRIBUTES,
    METHODS,
    check_width,
    multiplied,
    raised,
    remainder,
    sum_of,
)
from tore_export.formatters.template.values import Value, text_of

__all__ = ["EXTENSIONS", "NAMES", "Bounded"]

EXTENSIONS = ["jinja2.ext.loopcontrols"]

NAMES = ("document",)
"""The variables of every template."""

_CALLED = (Macro, LoopContext, BlockReference, Joiner)


class _Missing(StrictUndefined):
    """A variable that is not there; the error names the nearest that is."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        told = str(super()._undefined_message)
        if self._undefined_hint or not isinstance(name, str):
            return told
        if isinstance(owner, Value):
            known: list[str] = sorted(owner.public)
            told = f"{owner.kind_name} has no {name!r}"
        elif isinstance(owner, dict):
            known = [key for key in owner if isinstance(key, str)]
            told = f"there is no {name!r} in the mapping"
        else:
            known = list(NAMES)
        hint = nearest(name, known)
        return f"{told} ({hint})" if hint else told


class _Names(Namespace):
    """Variables of a template's `namespace()`; they hold no namespace, so that none holds itself."""

    def __init__(self, **values: Any) -> None:
        super().__init__({name: _plain(value) for name, value in values.items()})

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, _plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Namespace):
        raise TemplateError("a namespace cannot hold another")
    return value


class _Formatter(SandboxedFormatter):
    """`"{…}".format(…)` that counts what it writes and has modest widths."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        check_width(format_spec)
        shown = value if isinstance(value, int | float) else text_of(value)
        return ACTIVE.get().text(format(shown, format_spec))

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion is not None:
            ACTIVE.get().room(10 * len(text_of(value)))
        return super().convert_field(
            value if isinstance(value, int | float) or conversion is None else text_of(value),
            conversion,
        )


class _Unshared(Template):
    """A template whose import runs it anew, so that no document sees what another left behind."""

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        return self.make_module()


class Bounded(ImmutableSandboxedEnvironment):
    """The environment of the templates that `loader` has."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    template_class = _Unshared
    tick = staticmethod(tick)

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=_Missing,
            autoescape=False,
            keep_trailing_newline=True,
            optimized=False,  # nothing is worked out while compiling, where nothing is counted
            auto_reload=False,
            finalize=_written,
            extensions=EXTENSIONS,
        )
        self.globals = {
            "range": self.globals["range"],
            "dict": _mapping,
            "namespace": _Names,
            "cycler": Cycler,
            "joiner": Joiner,
        }
        self._functions = frozenset(map(id, self.globals.values()))
        self.filters = {**FILTERS, **INTERNAL}
        self.binop_table.update({"+": sum_of, "*": multiplied, "**": raised, "%": remainder})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        bounded: nodes.Template = Bounds().visit(parsed)
        bounded.set_environment(self)
        return bounded

    def is_safe_attribute(self, obj: Any, attr: str, value: Any = None) -> bool:
        """Tell whether an attribute is one of those listed."""
        if attr.startswith("_"):
            return False
        if isinstance(obj, Value):
            return attr in obj.public
        for kind, names in ATTRIBUTES:
            if isinstance(obj, kind):
                return names is None or attr in names
        return False

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute that is listed, else what the value holds by this name."""
        if self.is_safe_attribute(obj, attribute):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        try:
            return obj[attribute]
        except (TypeError, LookupError, AttributeError):
            pass
        if attribute.startswith("_") or (not isinstance(obj, Value) and _has(obj, attribute)):
            return self.unsafe_undefined(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return what a value holds, else its attribute."""
        if isinstance(argument, str) and not isinstance(obj, dict):
            return self.getattr(obj, argument)
        try:
            return obj[argument]
        except (TypeError, LookupError):
            if isinstance(argument, str):
                return self.getattr(obj, argument)
        return self.undefined(obj=obj, name=argument)

    def wrap_str_format(self, value: Any) -> None:
        """Leave it to `call`, which no method passes by."""

    def is_safe_callable(self, obj: Any) -> bool:
        """Tell whether something is one of what a template may call."""
        if isinstance(obj, MethodType):
            return isinstance(obj.__self__, LoopContext | Cycler)
        if isinstance(obj, FunctionType | type):
            return id(obj) in self._functions
        return isinstance(obj, _CALLED)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what may be called, after counting a step; and count what it gives."""
        if isinstance(obj, Undefined):
            str(obj)  # raises, naming what is not there
        budget = ACTIVE.get()
        budget.tick()
        for value in (*args, *kwargs.values()):
            if isinstance(value, list | tuple | dict):
                budget.size(value)
        if isinstance(obj, BuiltinMethodType):
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            owner, name = obj.__self__, obj.__name__
            if isinstance(owner, str) and name == "format":
                made: Any = _Formatter(self).vformat(owner, args, kwargs)
            elif isinstance(owner, str) and name in METHODS:
                made = METHODS[name](owner, *args, **kwargs)
            else:
                made = obj(*args, **kwargs)
            if isinstance(owner, dict) and name in ("keys", "values", "items"):
                made = list(made)
            return budget.held(made)
        return budget.held(super().call(context, obj, *args, **kwargs))


def _has(obj: Any, attribute: str) -> bool:
    return any(attribute in vars(kind) for kind in type(obj).__mro__)


@pass_context
def _written(context: Context, value: Any) -> str:
    budget = ACTIVE.get()
    budget.tick()
    return budget.text(text_of(value))


def _mapping(*values: Any, **named: Any) -> Any:
    return dict(*values, **named)
