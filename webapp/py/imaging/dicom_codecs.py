"""Decoders of compressed DICOM pixel data, by imagecodecs, as a plugin of pydicom.

pydicom decodes RLE itself and 8-bit JPEG through Pillow. This plugin decodes the rest: 12-bit JPEG and
lossless JPEG (ITU-T T.81), JPEG-LS (T.87), JPEG 2000 (T.800) and its high-throughput form (T.814).

Both packages are imported only when an image needs them: most slices are not compressed, and imagecodecs is
large.
"""

from __future__ import annotations

from importlib import reload
from importlib.util import find_spec
from typing import Any

import numpy as np
from pydicom import uid
from pydicom.pixels.common import PhotometricInterpretation
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import UID

_JPEG = (uid.JPEGExtended12Bit,)
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
_LABEL = "imagecodecs"

DECODER_DEPENDENCIES = {syntax: ("imagecodecs",) for syntax in _SYNTAXES}
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
    >>> plugin_for(uid.JPEG2000), plugin_for(uid.JPEGBaseline8Bit), plugin_for(uid.ExplicitVRLittleEndian)
    ('imagecodecs', 'pillow', '')
    """
    if syntax in _SYNTAXES:
        return _LABEL
    return {uid.JPEGBaseline8Bit: "pillow", uid.RLELossless: "pydicom"}.get(UID(syntax), "")


def is_missing(syntax: str) -> bool:
    """Return whether the package that decodes a transfer syntax still has to be loaded.

    Examples
    --------
    >>> is_missing(uid.ExplicitVRLittleEndian)
    False
    """
    package = _LABEL if syntax in _SYNTAXES else "PIL" if syntax == uid.JPEGBaseline8Bit else None
    return package is not None and find_spec(package) is None


def take_up_pillow() -> None:
    """Let pydicom use Pillow, which it only looks for while it is imported itself."""
    from pydicom.pixels.decoders import pillow

    decoder = get_decoder(uid.JPEGBaseline8Bit)
    if "pillow" not in decoder.available_plugins:
        reload(pillow)
        decoder.remove_plugin("pillow")
        decoder.add_plugin("pillow", (pillow.__name__, "_decode_frame"))


def register() -> None:
    """Let pydicom use this plugin. Calling it again changes nothing.

    Examples
    --------
    >>> register()
    >>> "imagecodecs" in get_decoder(uid.JPEG2000).available_plugins
    True
    """
    for syntax in _SYNTAXES:
        decoder = get_decoder(syntax)
        if _LABEL not in decoder.available_plugins:
            decoder.add_plugin(_LABEL, (__name__, "decode_frame"))


def decode_frame(source: bytes, runner: DecodeRunner) -> bytearray:
    """Return the samples of one encoded frame, color by pixel, little endian. pydicom calls this.

    Parameters
    ----------
    source
        The code stream of the frame.
    runner
        What the file says about it. Its options are set to those of the decoded samples.

    Raises
    ------
    Exception
        Whatever imagecodecs raises for a damaged code stream.
    ValueError
        If the image in it is not the one that the file describes.
    """
    syntax = runner.transfer_syntax
    samples = _samples(source, syntax)
    height, width = samples.shape[:2]
    per_pixel = samples.shape[2] if samples.ndim == 3 else 1
    if (height, width, per_pixel) != (runner.rows, runner.columns, runner.samples_per_pixel):
        raise ValueError(
            f"the compressed image is {width} x {height} with {per_pixel} samples a pixel, the file says "
            f"{runner.columns} x {runner.rows} with {runner.samples_per_pixel}"
        )
    runner.set_option("planar_configuration", 0)
    if syntax in _JPEG_2000:
        samples = _as_described(samples, source, runner)
    runner.set_option("bits_allocated", samples.dtype.itemsize * 8)
    return bytearray(np.ascontiguousarray(samples, samples.dtype.newbyteorder("<")).tobytes())


def _samples(source: bytes, syntax: str) -> np.ndarray[Any, Any]:
    import imagecodecs

    if syntax in _JPEG:
        return np.asarray(imagecodecs.jpeg8_decode(source))
    if syntax in _LOSSLESS_JPEG:
        return np.asarray(imagecodecs.ljpeg_decode(source))
    if syntax in _JPEG_LS:
        return np.asarray(imagecodecs.jpegls_decode(source))
    return np.asarray(imagecodecs.jpeg2k_decode(source))


def _as_described(samples: np.ndarray[Any, Any], source: bytes, runner: DecodeRunner) -> np.ndarray[Any, Any]:
    """Return JPEG 2000 samples in the signedness that the file describes.

    OpenJPEG reverts the color transforms of JPEG 2000, so the result is RGB.
    """
    if runner.photometric_interpretation in (
        PhotometricInterpretation.YBR_ICT,
        PhotometricInterpretation.YBR_RCT,
    ):
        runner.set_option("photometric_interpretation", PhotometricInterpretation.RGB)
    described_signed = runner.pixel_representation == 1
    if described_signed == (samples.dtype.kind == "i"):
        return samples
    # Some writers describe signed samples and encode unsigned ones, or the reverse. The bits are right.
    precision = runner.get_option("j2k_precision", runner.bits_stored)
    spare = samples.dtype.itemsize * 8 - precision
    wanted = np.dtype(f"{'i' if described_signed else 'u'}{samples.dtype.itemsize}")
    return samples.view(wanted) << spare >> spare if described_signed else samples.view(wanted)
