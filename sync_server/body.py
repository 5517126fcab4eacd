"""Request bodies: JSON decoded strictly into a structure, with a reason when it does not fit."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.typing import FieldDefinition

from sync_server import texts
from sync_server.errors import invalid

T = TypeVar("T")


class StrictJson(AbstractDTO[T]):
    """Reads a handler's ``data`` from JSON. Unlike Litestar's own reading it never turns "1" into 1."""

    def decode_bytes(self, value: bytes) -> Any:
        """Return the structure in a body.

        Raises
        ------
        ApiError
            With 400, when it is not JSON or does not have the form of the structure.
        """
        return decode_body(value, self.model_type)

    @classmethod
    def create_for_field_definition(cls, *_: Any, **__: Any) -> None:
        """Do nothing: there is no transfer structure."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Any:
        """Return the schema of the structure itself."""
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        """Yield nothing: there is no transfer structure."""
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """Return False: there is no transfer structure."""
        return False


class KeptJson(StrictJson[T]):
    """Describes a handler's ``data`` and hands it on as bytes, for a handler that decodes it itself."""

    def decode_bytes(self, value: bytes) -> Any:
        """Return the body as it is."""
        return value


def decode_body(body: bytes, kind: type[T]) -> T:
    """Return the structure in a JSON body.

    Raises
    ------
    ApiError
        With 400, when it is not JSON or does not have the form of the structure.
    """
    with reasons():
        return msgspec.json.decode(body, type=kind)


@contextmanager
def reasons() -> Iterator[None]:
    """Turn what msgspec says of a body into an answer.

    Raises
    ------
    ApiError
        With 400.
    """
    try:
        yield
    except msgspec.ValidationError as error:
        raise invalid(texts.wrong_form(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid(texts.not_json(str(error))) from None
    except RecursionError:
        raise invalid(texts.TOO_DEEP) from None
