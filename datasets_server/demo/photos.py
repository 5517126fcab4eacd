"""Demo photos: those in the scikit-image package that are free to use, sorted into folders."""

from __future__ import annotations

import importlib.util
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

CC0 = "CC0"
PUBLIC = "public domain, or no known copyright restrictions"
ORIENTATION = 0x0112
"""EXIF tag that tells how to rotate the stored pixels for display."""


@dataclass(frozen=True)
class Photo:
    """One demo photo: its path, the file of the package it is made from, and its license."""

    path: str
    source: str
    license: str
    sideways: bool = False


PHOTOS = (
    Photo("photos/people/astronaut.jpg", "astronaut.png", PUBLIC),
    Photo("photos/people/photographer.png", "camera.png", CC0),
    Photo("photos/animals/cat.jpg", "chelsea.png", CC0),
    Photo("photos/animals/cat-held-sideways.jpg", "chelsea.png", CC0, sideways=True),
    Photo("photos/animals/horse.png", "horse.png", CC0),
    Photo("photos/objects/coffee.jpg", "coffee.png", CC0),
    Photo("photos/objects/coins.png", "coins.png", PUBLIC),
    Photo("photos/objects/clock.png", "clock_motion.png", PUBLIC),
    Photo("photos/objects/rocket.jpg", "rocket.jpg", PUBLIC),
    Photo("photos/objects/text.png", "text.png", PUBLIC),
    Photo("photos/textures/brick.png", "brick.png", CC0),
    Photo("photos/textures/grass.png", "grass.png", CC0),
    Photo("photos/textures/gravel.png", "gravel.png", CC0),
    Photo("photos/medical/retina.jpg", "retina.jpg", CC0),
    Photo("photos/medical/microaneurysms.png", "microaneurysms.png", CC0),
    Photo("photos/medical/tissue.jpg", "ihc.png", PUBLIC),
    Photo("photos/medical/cell.png", "cell.png", CC0),
    Photo("photos/space/deep-field.jpg", "hubble_deep_field.jpg", PUBLIC),
)


def photos_folder() -> Path:
    """Return the folder inside the installed scikit-image package with its pictures.

    Raises
    ------
    FileNotFoundError
        When scikit-image is not installed.
    """
    found = importlib.util.find_spec("skimage")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("The demo photos are part of scikit-image, which is not installed.")
    return Path(found.submodule_search_locations[0], "data")


def encode_photo(photo: Photo, source: bytes) -> bytes:
    """Return the bytes of a demo photo.

    A source of the same format is kept byte for byte. A color PNG becomes a JPEG, like a camera would write
    it. A sideways photo is stored rotated by 90°, with the EXIF orientation that rotates it back.

    Parameters
    ----------
    photo : Photo
        What to create.
    source : bytes
        The picture from the package.
    """
    if not photo.sideways and Path(photo.path).suffix == Path(photo.source).suffix:
        return source
    picture = Image.open(io.BytesIO(source)).convert("RGB")
    exif = Image.Exif()
    if photo.sideways:
        # 6 means "rotate clockwise to display", so the stored picture is rotated counter-clockwise.
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[ORIENTATION] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif if photo.sideways else b"")
    return out.getvalue()


def displayed_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels of a picture as people see it, EXIF orientation applied."""
    with Image.open(io.BytesIO(data)) as picture:
        return ImageOps.exif_transpose(picture).size
