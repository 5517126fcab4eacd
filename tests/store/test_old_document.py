"""Projects that earlier builds exported are imported by this one, whole."""

from __future__ import annotations

import json
import tarfile

import pytest

from tests.support.old_data import OLD_DATA, OldData, alive, name_of
from webapp.py.store.document import import_ops, read_document


@pytest.mark.parametrize("old", OLD_DATA, ids=name_of)
def test_a_document_of_then_is_read_whole(old: OldData) -> None:
    with tarfile.open(old.folder / "data.tar.xz") as archive:
        file = archive.extractfile("document/project.json")
        assert file is not None
        content = file.read()
    document = read_document(content)
    solo = old.manifest["solo"]
    for table in ("annotation", "assignment"):
        expected = alive(solo["records"], table, "demo-project")
        assert {fields["id"]: fields for fields in document.records[table]} == expected
    setup, work = import_ops(document)
    assert {op.table for op in setup} == {"project", "instruction", "dataset"}
    assert len(work) == sum(map(len, json.loads(content)["records"].values()))
    (page,) = solo["assets"]
    assert [asset.url for asset in document.assets] == [asset["url"] for asset in page["assets"]]
