"""The status of each image for one person, kept up to date from changes of the store."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.py.domain.model import Fields
from webapp.py.pages.workbench.images.asset_index import AssetIndex
from webapp.py.store.store import Store


class AssetStates:
    """Sets the statuses of the images in an index.

    Parameters
    ----------
    index
        The index.
    records
        The project's records.
    person
        Id of the person whose assignments count.
    """

    def __init__(self, index: AssetIndex, records: Store, person: str) -> None:
        self._index = index
        self._records = records
        self._person = person
        self._images: dict[str, int] = {}

    def read(self, ordinals: Iterable[int]) -> None:
        """Read the statuses of these images from the store."""
        for ordinal in ordinals:
            for fields in self._records.of_asset("assignment", ordinal):
                self._update(fields["id"], fields)

    def changed(self, assignments: Iterable[str]) -> None:
        """Handle assignments that were changed or deleted."""
        for record in assignments:
            self._update(record, self._records.get("assignment", record))

    def _update(self, record: str, fields: Fields | None) -> None:
        if fields is None:
            ordinal = self._images.pop(record, None)
            if ordinal is not None:
                self._index.set_status(ordinal, "queued")
        elif fields.get("person") == self._person:
            self._images[record] = fields["asset"]
            self._index.set_status(fields["asset"], fields.get("status", "queued"))
