"""The table of functions that the compute worker runs, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Function:
    """Where a function is, and the packages to load before importing it."""

    module: str
    name: str
    packages: tuple[str, ...]
    seconds: float = 120.0
    """Longest time that one step may take before the worker is replaced: many times what the largest image
    takes on a slow computer."""

    def load(self) -> Callable[..., Any]:
        """Import the function. Its packages must be loaded."""
        found: Callable[..., Any] = getattr(import_module(self.module), self.name)
        return found


_DICOM = ("numpy", "msgspec", "pydicom")
_SKIMAGE = ("numpy", "scipy", "scikit-image")

FUNCTIONS = {
    "dicom_frame_file": Function("webapp.py.compute.dicomweb_frames", "dicom_frame_file", _DICOM),
    "dicom_image": Function("webapp.py.compute.dicom_images", "dicom_image", _DICOM, 300),
    "enclosed": Function("webapp.py.compute.enclosed", "enclosed", ("numpy", "msgspec")),
    "interpolate": Function("webapp.py.compute.interpolation", "interpolate", ("numpy", "scipy", "msgspec")),
    "jpeg_is_whole": Function("webapp.py.compute.photos", "jpeg_is_whole", ("numpy", "pillow")),
    "keep_slice": Function("webapp.py.compute.volumes", "keep_slice", ("numpy",)),
    "load_codecs": Function(
        "webapp.py.compute.dicom_images", "load_codecs", (*_DICOM, "pillow", "imagecodecs")
    ),
    "mask_archive": Function(
        "webapp.py.compute.masks_export", "mask_archive", ("numpy", "msgspec", "pillow")
    ),
    "mask_operation": Function("webapp.py.compute.mask_operations", "mask_operation", ("numpy", "msgspec")),
    "forget_slices": Function("webapp.py.compute.volumes", "forget_slices", ("numpy",)),
    "grow": Function("webapp.py.compute.color_growing", "grow", _SKIMAGE, 300),
    "grow_volume": Function(
        "webapp.py.compute.threshold_growing", "grow_volume", (*_SKIMAGE, "msgspec"), 600
    ),
    "live_wire": Function("webapp.py.compute.live_wire", "live_wire", ("numpy", "scipy", "scikit-image")),
    "measure_region": Function("webapp.py.compute.regions", "measure_region", ("numpy", "msgspec")),
    "missing_slices": Function("webapp.py.compute.volumes", "missing_slices", ("numpy",)),
    "segments": Function("webapp.py.compute.superpixels", "segments", _SKIMAGE, 600),
    "superpixels": Function("webapp.py.compute.superpixels", "superpixels", ("numpy", "scikit-image"), 600),
}
"""Every function that can be called, by name."""
