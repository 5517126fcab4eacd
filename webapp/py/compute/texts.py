"""Why a calculation has no result, and what it is doing, in words for the person."""

from __future__ import annotations

IMAGE_GONE = "The image is no longer loaded. Open it again."
SERIES_GONE = "The slices are no longer loaded. Open the series again."
SLICES_DIFFER = "The slices of this series do not have the same size."
NO_MEMORY = "There is not enough memory for this calculation. Try a smaller area."

GROWING = "Growing"
MAKING_MASKS = "Making masks"
INTERPOLATING = "Interpolating"

START_OUTSIDE = "Click inside the image to grow a region."
SEED_OUTSIDE = "Click inside the image to draw a magnetic outline."
START_WITHOUT_VALUE = "The pixel that you clicked has no value. Click another one."
RANGE_WITHOUT_START = "The range must include the value that you clicked."
TOO_RAGGED = "The region is too ragged for a mask. Choose a narrower range."
TOO_FINE = (
    "The outline of this mask has too many corners for a polygon. Smooth it or remove its specks first."
)
TOO_FEW_SLICES = "To interpolate, label the object in two or more slices, one after the other."
SUPERPIXEL_SIZE = "Superpixels must be at least 2 pixels wide."
SUPERPIXEL_COMPACTNESS = "The compactness of superpixels must be above 0."
SUPERPIXEL_SMOOTHING = "The smoothing of superpixels cannot be below 0."


def unknown_function(name: str) -> str:
    """Return what to say of a calculation that does not exist."""
    return f"This version of Limner has no calculation named “{name}”."


def unknown_mask_operation(name: str) -> str:
    """Return what to say of a mask operation that does not exist."""
    return f"This version of Limner has no mask operation named “{name}”."


def failed(name: str, error: BaseException) -> str:
    """Return what to say of a calculation that raised an exception."""
    return f"The calculation “{name}” failed ({type(error).__name__}: {error})."


def growing_needs_8_bits(shape: tuple[int, ...], dtype: object) -> str:
    """Return what to say of an image in which regions cannot grow by color."""
    return f"Growing needs a gray or color image with 8 bits, not {shape} {dtype}."


def live_wire_needs_8_bits(shape: tuple[int, ...], dtype: object) -> str:
    """Return what to say of an image whose edges cannot be followed."""
    return f"The magnetic outline needs a gray or color image with 8 bits, not {shape} {dtype}."


def superpixels_need_8_bits(shape: tuple[int, ...], dtype: object) -> str:
    """Return what to say of an image that cannot be split into superpixels."""
    return f"Superpixels need a gray or color image with 8 bits, not {shape} {dtype}."


def polygon_without_pixels(x: float, y: float) -> str:
    """Return what to say of a polygon so small that it covers no pixel."""
    return f"The polygon at {x:.0f}, {y:.0f} covers no pixel. Make it larger."


# Masks for training.


def too_many_classes(count: int, most: int) -> str:
    """Return what to say of an instruction with more classes than an index has values."""
    return (
        f"The instruction has {count} classes, but indexed masks can only have {most}. Export JSON instead, "
        "or use fewer classes."
    )


def class_without_color(name: str) -> str:
    """Return what to say of a class whose color cannot be used."""
    return f"The class “{name}” has no color that can be used."


def shape_unreadable(image: str, error: Exception) -> str:
    """Return what to say of a shape that cannot be read."""
    return f"A shape on “{image}” cannot be read: {error}."


def image_too_large(width: int, height: int) -> str:
    """Return why an image gets no mask, as part of a sentence."""
    return f"its {width} × {height} pixels are too many to draw here"


def mask_too_large(width: int, height: int) -> str:
    """Return why an image gets no mask, as part of a sentence."""
    return f"it has a mask of {width} × {height} pixels"
