"""Safe names for the files of an archive, made from untrusted names."""

from __future__ import annotations

import re
from unicodedata import normalize

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\/\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?<=.)\.(avif|bmp|dcm|dib|dicom|gif|gz|heic|heif|ima|j2k|jfif|jp2|jpe|jpeg|jpg|jxl|nii|png|tif|tiff|webp)$",
    re.IGNORECASE,
)
"""Extensions of images. What follows another dot belongs to the name, such as the last part of a UID."""
_LONGEST = 150
"""Most bytes of one name. File systems allow 255, and a number may be added."""


def safe_name(name: str) -> str:
    """Return one part of a path that every file system accepts and that cannot leave its folder.

    Letters with accents are single characters (Unicode form C), because file systems differ in that.

    Examples
    --------
    >>> safe_name("a:b.png"), safe_name(".."), safe_name("CON"), safe_name("dir/x. ")
    ('a_b.png', '_', '_CON', 'dir_x')
    """
    plain = _UNSAFE.sub("_", normalize("NFC", name)).encode()[:_LONGEST].decode("utf-8", "ignore")
    plain = plain.strip().rstrip(". ")
    if _RESERVED.match(plain):
        plain = "_" + plain
    return plain or "_"


def safe_folder(folder: str) -> list[str]:
    r"""Return the safe parts of a folder's path, without steps up or to the root.

    Examples
    --------
    >>> safe_folder("/../ct//scan 1\\a")
    ['ct', 'scan 1', 'a']
    """
    parts = re.split(r"[\\/]+", folder)
    return [safe_name(part) for part in parts if part.strip() not in ("", ".", "..")]


class Names:
    """Gives each file of an archive a unique path, even on file systems that ignore case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, name: str, extension: str) -> str:
        """Return a path for the file with ``extension`` instead of the image's own, if it has one.

        Examples
        --------
        >>> names = Names()
        >>> names.take("day 1", "cat.jpg", "png"), names.take("Day 1", "CAT.png", "png")
        ('day 1/cat.png', 'Day 1/CAT-2.png')
        >>> names.take("", "1.2.840.99.1", "png"), names.take("", "1.2.840.99.2", "png")
        ('1.2.840.99.1.png', '1.2.840.99.2.png')
        """
        stem = safe_name(_EXTENSION.sub("", name))
        parents = safe_folder(folder)
        number = 1
        while True:
            path = "/".join([*parents, f"{stem}{'' if number == 1 else f'-{number}'}.{extension}"])
            if path.casefold() not in self._taken:
                self._taken.add(path.casefold())
                return path
            number += 1
