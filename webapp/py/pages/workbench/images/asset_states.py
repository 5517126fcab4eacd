"""How far one person is with the images of a project, taken from the store's news, one record at a time."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.py.domain.model import Fields
from webapp.py.pages.workbench.images.asset_index import AssetIndex
from webapp.py.store.store import Store


class AssetStates:
    """Tells an index the states of its images.

    Parameters
    ----------
    index
        Who is told.
    records
        The project's records.
    person
        Whose assignments count.
    """

    def __init__(self, index: AssetIndex, records: Store, person: str) -> None:
        self._index = index
        self._records = records
        self._person = person
        self._images: dict[str, int] = {}

    def read(self, ordinals: Iterable[int]) -> None:
        """Look up how far these images are."""
        for ordinal in ordinals:
            for fields in self._records.of_asset("assignment", ordinal):
                self._note(fields["id"], fields)

    def changed(self, assignments: Iterable[str]) -> None:
        """Take note of assignments that have changed or gone."""
        for record in assignments:
            self._note(record, self._records.get("assignment", record))

    def _note(self, record: str, fields: Fields | None) -> None:
        if fields is None:
            ordinal = self._images.pop(record, None)
            if ordinal is not None:
                self._index.set_status(ordinal, "queued")
        elif fields.get("person") == self._person:
            self._images[record] = fields["asset"]
            self._index.set_status(fields["asset"], fields.get("status", "queued"))
