"""By what a frame differs from others at the same place: echo, time, b-value, and the like."""

from __future__ import annotations

from typing import Any

from pydicom import Dataset
from pydicom.tag import Tag

from webapp.py.imaging.dicom_elements import element, from_groups, number, several, text, whole

_NUMBERS = {
    "echo_time": (("MREchoSequence", "EffectiveEchoTime"), ("", "EchoTime")),
    "inversion_time": (("MRModifierSequence", "InversionTimes"), ("", "InversionTime")),
    "flip_angle": (("MRTimingAndRelatedParametersSequence", "FlipAngle"),),
    "b_value": (("MRDiffusionSequence", "DiffusionBValue"),),
    "time": (("FrameContentSequence", "TemporalPositionIndex"), ("", "TemporalPositionIdentifier")),
    "frame_time": (("", "FrameReferenceTime"),),
    "trigger_time": (
        ("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"),
        ("", "TriggerTime"),
    ),
    "cardiac_phase": (("CardiacSynchronizationSequence", "NominalPercentageOfCardiacPhase"),),
    "acquisition": (("FrameContentSequence", "FrameAcquisitionNumber"), ("", "AcquisitionNumber")),
}
"""Traits that are numbers, by functional group and attribute. The first one that the file has counts."""
_VECTORS = {"energy_window": "EnergyWindowVector", "phase": "PhaseVector", "time_slot": "TimeSlotVector"}
_FRAME_TYPES = ("MRImageFrameTypeSequence", "CTImageFrameTypeSequence", "PETFrameTypeSequence")
_PLACES = {
    Tag(name)
    for name in ("ImagePositionPatient", "InStackPositionNumber", "ImagePositionVolume", "SliceLocation")
}
"""Dimensions along which frames are at different places."""


def traits(data: Dataset, index: int = 0) -> dict[str, float | str]:
    """Return what distinguishes a frame from others at its place, by name, most telling first.

    Examples
    --------
    >>> data = Dataset()
    >>> data.EchoTime, data.ImageType = 4.6, ["ORIGINAL", "PRIMARY", "M", "ND"]
    >>> traits(data)
    {'echo_time': 4.6, 'image_type': 'M ND'}
    """
    found: dict[str, float | str] = {}
    for name, sources in _NUMBERS.items():
        known = (_number(from_groups(data, index, *source)) for source in sources)
        value = next((one for one in known if one is not None), None)
        if value is not None:
            found[name] = value
        if name == "b_value" and (direction := _direction(data, index)):
            found["direction"] = direction
    for name, vector in _VECTORS.items():
        values = several(element(data, vector))
        if index < len(values) and (value := _number(values[index])) is not None:
            found[name] = value
    texts = {
        "segment": _segment(data, index),
        "stack": from_groups(data, index, "FrameContentSequence", "StackID"),
        "image_type": _image_type(data, index),
        "acquired": element(data, "AcquisitionTime"),
    }
    return found | {name: str(value).strip() for name, value in texts.items() if value}


def dimensions(data: Dataset, index: int = 0) -> tuple[int, ...]:
    """Return the place of a frame along the dimensions of its file other than space (PS3.3 C.7.6.17).

    Examples
    --------
    >>> dimensions(Dataset())
    ()
    """
    values = several(from_groups(data, index, "FrameContentSequence", "DimensionIndexValues"))
    pointers = [
        element(item, "DimensionIndexPointer") for item in element(data, "DimensionIndexSequence") or ()
    ]
    if len(values) != len(pointers):
        return ()
    return tuple(
        int(value) for value, pointer in zip(values, pointers, strict=True) if pointer not in _PLACES
    )


def _number(value: Any) -> float | None:
    values = several(value)
    found = number(values[0]) if values else None
    return None if found is None else float(f"{found:.6g}")


def _segment(data: Dataset, index: int) -> str:
    """Return the number and label of the segment that a frame shows (PS3.3 C.8.20.2)."""
    number = _number(from_groups(data, index, "SegmentIdentificationSequence", "ReferencedSegmentNumber"))
    if number is None:
        return ""
    described = element(data, "SegmentSequence") or ()
    labels = (text(item, "SegmentLabel") for item in described if whole(item, "SegmentNumber") == number)
    return f"{number:g} {next(labels, '')}"


def _direction(data: Dataset, index: int) -> str:
    found = from_groups(data, index, "MRDiffusionSequence", "DiffusionGradientDirectionSequence")
    values = element(found[0], "DiffusionGradientOrientation") if found else None
    if values is None:
        values = element(data, "DiffusionGradientOrientation")
    return ", ".join(f"{part:.3g}" for part in map(number, several(values)) if part is not None)


def _image_type(data: Dataset, index: int) -> str:
    types = (from_groups(data, index, group, "FrameType") for group in _FRAME_TYPES)
    found = next((one for one in types if one is not None), element(data, "ImageType"))
    # The first two values tell originals from derived images, and do not name what is shown.
    named = [str(one).strip() for one in several(found)[2:]]
    component = from_groups(data, index, _FRAME_TYPES[0], "ComplexImageComponent")
    return " ".join([*named, *([str(component)] if component and str(component) not in named else [])])
