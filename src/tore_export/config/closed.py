"""What all models have in common: frozen, closed, and telling faults in the words of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from tore_export.errors import ConfigError, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Closed", "faults_of", "within"]

Model = TypeVar("Model", bound="Closed")


class Closed(BaseModel):
    """A frozen model whose unknown keys and wrong values are ConfigErrors, however it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _refuse(
        cls: type[Model],
        values: Any,
        make: ModelWrapValidatorHandler[Model],
        info: ValidationInfo,
    ) -> Model:
        try:
            return make(values)
        except ValidationError as error:
            faults = [_told(one, cls) for one in error.errors(include_url=False)]
            if info.context is not None:
                info.context["faults"] = faults
            raise faults[0] from error


def _told(error: ErrorDetails, model: type[BaseModel]) -> ConfigError:
    """Return a fault of a model; its message begins with the key."""
    key = str(error["loc"][0]) if error["loc"] else ""
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return ConfigError(f"{key}: no such key", hint=nearest(key, model.model_fields))
    return ConfigError(
        f"{key}: {message[:1].lower()}{message[1:]}" if key else message,
        found=repr(error["input"]) if key and error["type"] != "value_error" else None,
    )


def faults_of(model: type[Closed], values: Mapping[str, Any]) -> list[ConfigError]:
    """Return everything that is wrong with the values of a model, in the order of its keys.

    What keys mean together is only looked at once each is well by itself.

    >>> from tore_export.config import ExportConfig
    >>> [str(fault) for fault in faults_of(ExportConfig, {"max_tokens": 1, "engin": "ray"})]
    ['max_tokens: input should be greater than or equal to 8, found 1', \
'engin: no such key (did you mean engine?)']
    """
    own = dict(values)
    found: list[ConfigError] = []
    for key, inner in _models_within(model):
        if isinstance(own.get(key), Mapping):
            found += [within(key, fault) for fault in faults_of(inner, own.pop(key))]
    context: dict[str, Any] = {}
    try:
        model.model_validate(own, context=context)
    except ConfigError as error:
        return [*context.get("faults", [error]), *found]
    return found


def _models_within(model: type[Closed]) -> list[tuple[str, type[Closed]]]:
    """Return the keys of a model whose values are models themselves, and those."""
    return [
        (key, field.annotation)
        for key, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Closed)
    ]


def within(key: str, fault: ConfigError) -> ConfigError:
    """Return the fault of a value that is the value of a key itself."""
    return ConfigError(f"{key}.{fault.message}", found=fault.found, hint=fault.hint)
