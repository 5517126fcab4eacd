"""Request bodies: JSON decoded strictly into its structure, with a plain reason when it does not fit."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import msgspec
from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.typing import FieldDefinition

from sync_server.problems import invalid

T = TypeVar("T")


class StrictJson(AbstractDTO[T]):
    """Reads a handler's ``data`` from JSON. Unlike Litestar's own reading it never turns "1" into 1."""

    def decode_bytes(self, value: bytes) -> Any:
        """Return the structure in a body.

        Raises
        ------
        Refused
            With 400, when it is no JSON or does not have the form asked for.
        """
        return decode_body(value, self.model_type)

    @classmethod
    def create_for_field_definition(cls, *_: Any, **__: Any) -> None:
        """Do nothing: no transfer structure is needed."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Any:
        """Return the schema of the structure itself."""
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        """Yield nothing: no transfer structure is made."""
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """Return False: no transfer structure is made."""
        return False


def decode_body(body: bytes, kind: type[T]) -> T:
    """Return the structure in a JSON body.

    Raises
    ------
    Refused
        With 400, when it is no JSON or does not have the form asked for.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise invalid(f"The request does not have the form this address asks for: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid(f"The request is not JSON: {error}.") from None
    except RecursionError:
        raise invalid("The request is nested too deep.") from None
