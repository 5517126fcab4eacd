"""Turns series into the images of a dataset: addresses and neutral names, nothing about a patient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.py.domain.model import Asset
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets import texts

MOST_IMAGES = 100_000
"""The most images of a dataset that is created here."""
NO_IMAGES = frozenset(
    {"AU", "DOC", "ECG", "EPS", "HD", "KO", "PLAN", "PR", "REG", "RTPLAN", "RTSTRUCT", "SR"}
)
"""Modalities whose files contain no image (PS3.3 C.7.3.1.1.1)."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series and those of its instances that were selected."""

    found: Found
    instances: Sequence[Found]


def has_images(series: Found) -> bool:
    """Return whether a series may contain images."""
    return series.details not in NO_IMAGES


def dataset_assets(wanted: Sequence[Series]) -> list[Asset]:
    """Return the images of series: one for each frame, in folders by study and series, sorted by number.

    Raises
    ------
    ImageProblem
        If there are more than `MOST_IMAGES`.

    Examples
    --------
    >>> place = Resource("http://pacs", "1", "2")
    >>> ct = Found(place, "Mr. Doe's abdomen", "CT", number=3)
    >>> image = Found(Resource("http://pacs", "1", "2", "9"), "Image 7", number=7)
    >>> [(asset.folder, asset.name) for asset in dataset_assets([Series(ct, [image])])]
    [('Study 1/CT 3', 'Image 7')]
    """
    assets: list[Asset] = []
    for folder, series in zip(_folders(wanted), wanted, strict=True):
        ordered = sorted(series.instances, key=lambda one: (one.number, one.resource.instance))
        for place, instance in enumerate(ordered, 1):
            for name, url in _images(instance, place):
                if len(assets) >= MOST_IMAGES:
                    raise ImageProblem("too_large", texts.too_many_images(MOST_IMAGES))
                assets.append(Asset(ordinal=len(assets), name=name, folder=folder, url=url))
    return assets


def _folders(wanted: Sequence[Series]) -> Iterator[str]:
    studies: dict[str, int] = {}
    taken: dict[str, Resource] = {}
    for found in (series.found for series in wanted):
        study = studies.setdefault(found.resource.study, len(studies) + 1)
        # A server may send anything as a modality, even a name.
        kind = found.details if re.fullmatch(r"[A-Z]{2,9}", found.details) else texts.SERIES
        number = found.number
        folder = texts.folder_name(study, kind, number)
        while not number or taken.get(folder, found.resource) != found.resource:
            number += 1
            folder = texts.folder_name(study, kind, number)
        taken[folder] = found.resource
        yield folder


def _images(instance: Found, place: int) -> Iterator[tuple[str, str]]:
    name = texts.image_name(instance.number or place)
    resource = instance.resource
    if resource.frame is not None:
        yield texts.frame_name(name, resource.frame), resource.address
    elif instance.frames == 1:
        yield name, resource.address
    else:
        for frame in range(1, min(instance.frames, MOST_IMAGES + 1) + 1):
            yield texts.frame_name(name, frame), resource.with_frame(frame).address
