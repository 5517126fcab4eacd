"""docs/export-format.md tells the truth: its examples are what is written, its tables name every field."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from webapp.py.compute import protocol
from webapp.py.domain import model, shapes
from webapp.py.domain.model import decode
from webapp.py.pages.exchange.transfer import mask_classes, mask_images
from webapp.py.store.document import project_document, read_document, write_document

TEXT = (Path(__file__).parents[2] / "docs" / "export-format.md").read_text("utf-8")
PROJECT, CLASSES = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_project_is_what_an_export_of_it_writes_byte_for_byte() -> None:
    read = read_document(PROJECT.encode())
    made = project_document(
        read.project, read.instruction, read.dataset, read.assets, read.records, read.exported_at
    )
    assert write_document(made).decode() == PROJECT


def test_the_example_of_classes_json_is_what_the_masks_of_the_example_project_come_with() -> None:
    read = read_document(PROJECT.encode())
    instruction = decode("instruction", read.instruction)
    assert isinstance(instruction, model.Instruction)
    arguments: dict[str, Any] = {
        "classes": mask_classes(instruction),
        "images": mask_images(read.assets, read.records["assignment"], read.records["annotation"]),
    }
    answer = asyncio.run(protocol.run("mask_archive", arguments))
    archive = zipfile.ZipFile(io.BytesIO(answer["archive"].tobytes()))
    assert archive.read("classes.json").decode() == CLASSES
    assert archive.namelist()[0] == "masks/garden/cat.png"


@pytest.mark.parametrize(
    "kind", [*model.TABLES.values(), model.Asset, model.LabelClass, model.Attribute, *get_args(shapes.Shape)]
)
def test_every_field_is_described(kind: type[msgspec.Struct]) -> None:
    described = set(re.findall(r"`([a-z_]+)`", TEXT)) | {"deleted"}
    assert {field.encode_name for field in msgspec.structs.fields(kind)} <= described
    tag = kind.__struct_config__.tag
    assert tag is None or tag in described


def test_the_words_that_a_field_may_hold_are_described() -> None:
    words = [
        word for kind in (model.AssignmentStatus, model.Work, model.AttributeKind) for word in get_args(kind)
    ]
    assert set(words) <= set(re.findall(r"`([a-z_]+)`", TEXT))
