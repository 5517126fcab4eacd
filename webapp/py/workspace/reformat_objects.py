"""The cross-sections of a stack's objects with a reformatted plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from webapp.py.domain.model import Annotation, Fields, Invalid, decode
from webapp.py.geometry.mask_reformats import Area, Solid, area_of, solid_of
from webapp.py.geometry.masks import encode
from webapp.py.imaging.reslicing import COLUMN, ROW, Reformat
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.labeling_state import LabelingState

Member = tuple[int, Fields]
"""A step of the stack, and an annotation on its slice."""


class ReformatObjects:
    """Computes cross-sections of the objects of a stack, and caches the work for unchanged annotations.

    Parameters
    ----------
    labeling
        The records, and which annotations are hidden.
    """

    def __init__(self, labeling: LabelingState) -> None:
        self._labeling = labeling
        self._areas: dict[str, tuple[Fields, Area | None]] = {}
        self._solids: dict[str, tuple[list[Member], Solid]] = {}
        self._found: tuple[object, dict[str, list[Member]]] | None = None

    def views(
        self, assets: Sequence[int | None], reformat: Reformat, index: int, version: object = None
    ) -> tuple[AnnotationView, ...]:
        """Return the objects as locked masks on a reformatted plane, bottom to top.

        Parameters
        ----------
        assets
            The image at each step of the stack, None if a slice is missing.
        reformat, index
            How the stack is reformatted, and which plane; never the plane of the slices themselves.
        version
            Equal to that of the previous call if no annotation has changed since; None if unknown.
        """
        if version is None or self._found is None or self._found[0] != version:
            self._found = version, self._objects(assets)
        count, rest = len(assets), reformat.size[ROW if reformat.along == COLUMN else COLUMN]
        found = []
        for name, members in self._found[1].items():
            solid = self._solid(name, members, reformat)
            take = solid.across_column if reformat.along == COLUMN else solid.across_row
            pixels = take(index, count, rest)
            if pixels.any():
                mask = encode(np.ascontiguousarray(reformat.turned(pixels)))
                first = members[0][1]
                class_id = str(first.get("class_id", ""))
                if mask is not None:
                    found.append(AnnotationView(name, mask, class_id, locked=True, object_id=name))
        return tuple(found)

    def _objects(self, assets: Sequence[int | None]) -> dict[str, list[Member]]:
        """Return the annotations of each visible object, lowest first."""
        labeling = self._labeling
        placed = [
            (int(fields.get("order", 0)), str(fields["id"]), step, fields)
            for step, asset in enumerate(assets)
            if asset is not None and labeling.draws
            for fields in labeling.records.of_asset("annotation", asset)
            if fields["id"] not in labeling.hidden
        ]
        objects: dict[str, list[Member]] = {}
        for _, name, step, fields in sorted(placed, key=lambda one: one[:3]):
            objects.setdefault(str(fields.get("object_id") or name), []).append((step, fields))
        self._areas = {name: self._areas[name] for _, name, _, _ in placed if name in self._areas}
        self._solids = {name: self._solids[name] for name in objects if name in self._solids}
        return objects

    def _solid(self, name: str, members: list[Member], reformat: Reformat) -> Solid:
        kept = self._solids.get(name)
        if kept is not None and _same(kept[0], members):
            return kept[1]
        areas: dict[int, list[Area]] = {}
        for step, fields in members:
            area = self._area(fields, reformat.size[COLUMN], reformat.size[ROW])
            if area is not None:
                areas.setdefault(step, []).append(area)
        solid = solid_of(areas)
        self._solids[name] = members, solid
        return solid

    def _area(self, fields: Fields, width: int, height: int) -> Area | None:
        name = str(fields["id"])
        kept = self._areas.get(name)
        if kept is not None and kept[0] is fields:
            return kept[1]
        try:
            record = decode("annotation", fields)
        except Invalid:
            return None  # the store has quarantined it and lists it
        assert isinstance(record, Annotation)
        area = area_of(record.shape, width, height)
        self._areas[name] = fields, area
        return area


def _same(one: list[Member], other: list[Member]) -> bool:
    return len(one) == len(other) and all(
        step == place and fields is record for (step, fields), (place, record) in zip(one, other, strict=True)
    )
