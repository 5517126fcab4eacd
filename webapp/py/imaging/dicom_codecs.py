"""Decoders of compressed DICOM pixel data, by Pillow and imagecodecs, as a plugin of pydicom.

pydicom decodes RLE itself. This plugin decodes the rest. JPEG with 8 bits (ITU-T T.81) goes through Pillow,
whatever its transfer syntax is. JPEG with 12 bits and lossless JPEG go through imagecodecs, and so do JPEG-LS
(T.87), JPEG 2000 (T.800) and its high-throughput form (T.814).

Both packages are imported only when an image needs them: most slices are not compressed, and imagecodecs is
large.
"""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.pixels.common import PhotometricInterpretation
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import UID

from webapp.py.imaging.dicom_stored import stored_values
from webapp.py.imaging.jpeg import Frame, frame_of

_JPEG = (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit)
_LOSSLESS_JPEG = (uid.JPEGLossless, uid.JPEGLosslessSV1)
_JPEG_LS = (uid.JPEGLSLossless, uid.JPEGLSNearLossless)
_JPEG_2000 = (
    uid.JPEG2000Lossless,
    uid.JPEG2000,
    uid.HTJ2KLossless,
    uid.HTJ2KLosslessRPCL,
    uid.HTJ2K,
)
_SYNTAXES = (*_JPEG, *_LOSSLESS_JPEG, *_JPEG_LS, *_JPEG_2000)
_LOSSY = (*_JPEG, uid.JPEGLSNearLossless, uid.JPEG2000, uid.HTJ2K)
_LABEL = "limner"
_RGB_IDS = b"RGB"
_YCC = 1
"""The transform that an Adobe marker names if colors are stored as luminance and chrominance."""

DECODER_DEPENDENCIES = {
    syntax: ("pillow",) if syntax == uid.JPEGBaseline8Bit else ("pillow", "imagecodecs")
    for syntax in _SYNTAXES
}
"""What each transfer syntax needs. pydicom reads this."""


def is_available(syntax: str) -> bool:
    """Return whether this plugin decodes a transfer syntax. pydicom calls this.

    Examples
    --------
    >>> is_available(uid.JPEG2000), is_available(uid.RLELossless)
    (True, False)
    """
    return syntax in _SYNTAXES


def plugin_for(syntax: str) -> str:
    """Return the name of the decoder for a transfer syntax, the same on every platform.

    Examples
    --------
    >>> plugin_for(uid.JPEG2000), plugin_for(uid.RLELossless), plugin_for(uid.ExplicitVRLittleEndian)
    ('limner', 'pydicom', '')
    """
    return _LABEL if syntax in _SYNTAXES else "pydicom" if UID(syntax) == uid.RLELossless else ""


def is_missing(syntax: str) -> bool:
    """Return whether a package that decodes a transfer syntax still has to be loaded.

    Examples
    --------
    >>> is_missing(uid.ExplicitVRLittleEndian)
    False
    """
    packages = DECODER_DEPENDENCIES.get(UID(syntax), ())
    return any(find_spec({"pillow": "PIL"}.get(name, name)) is None for name in packages)


def register() -> None:
    """Let pydicom use this plugin. Calling it again changes nothing.

    Examples
    --------
    >>> register()
    >>> "limner" in get_decoder(uid.JPEG2000).available_plugins
    True
    """
    for syntax in _SYNTAXES:
        decoder = get_decoder(syntax)
        if _LABEL not in decoder.available_plugins:
            decoder.add_plugin(_LABEL, (__name__, "decode_frame"))


def decode_frame(source: bytes, runner: DecodeRunner) -> bytearray:
    """Return the stored values of one encoded frame, color by pixel, little endian. pydicom calls this.

    Parameters
    ----------
    source
        The code stream of the frame.
    runner
        What the file says about it. Its options are set to those of the decoded samples. The option
        ``high_bit`` is the High Bit of the file.

    Raises
    ------
    Exception
        Whatever the decoders raise for a damaged code stream.
    ValueError
        If the image in it is not the one that the file describes.
    """
    syntax = runner.transfer_syntax
    samples, precision = _samples(source, runner)
    height, width = samples.shape[:2]
    per_pixel = samples.shape[2] if samples.ndim == 3 else 1
    if (height, width, per_pixel) != (runner.rows, runner.columns, runner.samples_per_pixel):
        raise ValueError(
            f"the compressed image is {width} x {height} with {per_pixel} samples a pixel, the file says "
            f"{runner.columns} x {runner.rows} with {runner.samples_per_pixel}"
        )
    runner.set_option("planar_configuration", 0)
    samples = stored_values(
        samples,
        min(precision, samples.dtype.itemsize * 8),
        runner.bits_stored,
        runner.get_option("high_bit", runner.bits_stored - 1),
        signed=runner.pixel_representation == 1,
        lossy=syntax in _LOSSY,
    )
    runner.set_option("bits_allocated", samples.dtype.itemsize * 8)
    return bytearray(np.ascontiguousarray(samples, samples.dtype.newbyteorder("<")).tobytes())


def _samples(source: bytes, runner: DecodeRunner) -> tuple[NDArray[Any], int]:
    """Return the samples of a code stream, and how many bits it says they have."""
    syntax = runner.transfer_syntax
    if syntax in _JPEG:
        frame = frame_of(source)
        if frame is None:
            raise ValueError("the code stream has no frame")
        return (_jpeg_8(source, frame, runner) if frame.bits <= 8 else _jpeg_12(source, runner)), frame.bits

    import imagecodecs

    if syntax in _LOSSLESS_JPEG:
        frame = frame_of(source)
        return np.asarray(imagecodecs.ljpeg_decode(source)), frame.bits if frame else runner.bits_stored
    if syntax in _JPEG_LS:
        samples = np.asarray(imagecodecs.jpegls_decode(source))
        return samples, runner.get_option("jls_precision", runner.bits_stored)
    # OpenJPEG reverts the color transforms of JPEG 2000.
    _converted(runner, PhotometricInterpretation.YBR_ICT, PhotometricInterpretation.YBR_RCT)
    samples = np.asarray(imagecodecs.jpeg2k_decode(source))
    return samples, runner.get_option("j2k_precision", runner.bits_stored)


def _jpeg_8(source: bytes, frame: Frame, runner: DecodeRunner) -> NDArray[np.uint8]:
    from PIL import Image

    image = Image.open(BytesIO(source), formats=("JPEG",))
    if runner.samples_per_pixel == 3:
        if image.info.get("adobe_transform") == _YCC:
            # libjpeg converts these, and nobody may do it again.
            runner.set_option("photometric_interpretation", PhotometricInterpretation.RGB)
        elif "adobe_transform" not in image.info and frame.components != _RGB_IDS:
            # Without a word in the code stream, the file says what the components are: take them as they are.
            image.draft("YCbCr", image.size)
    return np.asarray(image)


def _jpeg_12(source: bytes, runner: DecodeRunner) -> NDArray[Any]:
    import imagecodecs

    # libjpeg converts colors while it decodes.
    _converted(runner, PhotometricInterpretation.YBR_FULL, PhotometricInterpretation.YBR_FULL_422)
    return np.asarray(imagecodecs.jpeg8_decode(source))


def _converted(runner: DecodeRunner, *spaces: PhotometricInterpretation) -> None:
    """Note that colors of these spaces are RGB now."""
    if runner.photometric_interpretation in spaces:
        runner.set_option("photometric_interpretation", PhotometricInterpretation.RGB)
