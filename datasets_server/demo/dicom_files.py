"""Demo DICOM files: those in the pydicom package, sorted by what they show."""

from __future__ import annotations

from pathlib import Path

from pydicom.data import get_testdata_file

DICOM_FILES: dict[str, tuple[str, ...]] = {
    "dicom/ct": ("CT_small.dcm", "J2K_pixelrep_mismatch.dcm", "693_J2KI.dcm"),
    "dicom/mr": (
        "MR_small.dcm",
        "MR_small_RLE.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "examples_overlay.dcm",
    ),
    "dicom/ultrasound": (
        "examples_rgb_color.dcm",
        "examples_ybr_color.dcm",
        "examples_palette.dcm",
        "examples_jpeg2k.dcm",
    ),
    "dicom/nuclear": ("JPEG2000.dcm", "JPGExtended.dcm"),
    "dicom/colour": (
        "SC_rgb_jpeg.dcm",
        "SC_rgb_jpeg_gdcm.dcm",
        "SC_rgb_jls_lossy_sample.dcm",
        "SC_rgb_rle.dcm",
        "SC_rgb_rle_16bit.dcm",
        "SC_rgb_dcmtk_+eb+cy+s2.dcm",
        "SC_ybr_full_422_uncompressed.dcm",
        "GDCMJ2K_TextGBR.dcm",
        "image_dfl.dcm",
    ),
    "dicom/frames": ("SC_rgb_rle_2frame.dcm", "rtdose.dcm", "liver_1frame.dcm"),
    "dicom/damaged": ("MR_truncated.dcm",),
}
"""Folder to names inside the package: each transfer syntax, color space and frame layout once or twice."""


def find_dicom_file(name: str) -> Path | None:
    """Return the path of a file inside the installed pydicom package, or None. Downloads nothing."""
    found = get_testdata_file(name, read=False, download=False)
    return Path(found) if isinstance(found, str | Path) else None
