"""Why an image cannot be shown, in words for the person: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

DICOMWEB_SETTINGS = "“DICOMweb servers” on the page with the projects"
_CHECK = "Check that it is running, that its name and port are correct, and that you are on its network."

# --- addresses


def not_an_image_address(address: str) -> str:
    """Return what to say of an address that cannot be parsed."""
    return f"“{address}” is not an address of an image."


def wrong_scheme(address: str) -> str:
    """Return what to say of an address that is not http; empty for an empty one."""
    what = f"“{address}” is" if address else "The empty address is"
    return f"{what} not an address of an image. Start it with http:// or https://, or make it relative."


def credentials_in_address(host: str) -> str:
    """Return what to say of an address with a user name or password in it."""
    return (
        f"The address of an image on {host} contains a user name or password, which browsers do not send. "
        "Remove it from the address, and let the server allow reading without it."
    )


def mixed_content(host: str) -> str:
    """Return what to say of an image over http on a page over https."""
    return (
        "This page came over https, so the browser blocks images over plain http (mixed content). "
        f"Serve them over https by giving the server at {host} a certificate, or open Limner from an http:// "
        "address on the same network. A current Chrome or Edge can also read them from servers on your local "
        "network once you allow it."
    )


def not_a_dicomweb_address(address: str) -> str:
    """Return what to say of an address that is not one of DICOMweb."""
    return (
        f"“{address}” is not a DICOMweb address. It looks like dicomweb://server/path, followed by "
        "/studies/UID/series/UID/instances/UID/frames/N or the start of that; use dicomwebs:// for TLS."
    )


def not_a_dicomweb_server(address: str) -> str:
    """Return what to say of an address that is not one of a DICOMweb server."""
    return (
        f"“{address}” is not an address of a DICOMweb server. It looks like https://pacs.example/dicom-web, "
        "without /studies."
    )


DICOMWEB_CREDENTIALS = (
    "A DICOMweb address cannot contain a user name or password. Enter them under “DICOMweb servers”."
)
USER_WITH_COLON = "A user name cannot contain a colon with this way of signing in."
HEADER_LINE = "Write each header on its own line, as “Name: value”."


def header_not_allowed(name: str) -> str:
    """Return what to say of a header that browsers keep to themselves."""
    return f"Browsers do not let a page send the header {name}. Remove it."


def header_value_invalid(name: str) -> str:
    """Return what to say of a header with an empty or impossible value."""
    return f"The value for {name} is empty, or has characters that a header cannot contain."


# --- servers


def sign_in_required(host: str) -> str:
    """Return what to say of status 401."""
    return (
        f"The image server at {host} requires you to sign in (401). Limner sends no passwords to image "
        "servers: allow reading without one from this network, or use signed addresses."
    )


def forbidden(host: str, status: int) -> str:
    """Return what to say of status 403 and 407."""
    return (
        f"The server at {host} refuses this image ({status}). Check the permissions of the file, or whether "
        "a signed address has expired."
    )


def not_found(host: str, status: int, path: str) -> str:
    """Return what to say of status 404 and 410."""
    return f"The server at {host} has no such image ({status}). It may have been moved or renamed: {path}"


def server_says_too_large(host: str) -> str:
    """Return what to say of status 413."""
    return f"The server at {host} says that the image is too large (413)."


def server_error(host: str, status: int) -> str:
    """Return what to say of any other status."""
    return (
        f"The server at {host} could not deliver the image ({status}). Try again; if that does not help, "
        "contact the person who runs the server."
    )


def local_network_blocked(host: str) -> str:
    """Return what to say if the person has not allowed the page to reach the local network."""
    return (
        f"The browser did not allow this page to reach {host} on your local network. Allow “local network "
        "access” for this page in the browser's site settings, then try again."
    )


def no_cors(host: str, origin: str) -> str:
    """Return what to say of an answer without CORS headers."""
    return (
        f"The server at {host} answered, but did not allow this page to read images. Add the header "
        f"Access-Control-Allow-Origin: {origin} to its responses."
    )


OFFLINE = "You have no network connection, and this image is not stored on this computer. It will load later."


def unreachable(host: str) -> str:
    """Return what to say of a server that did not answer."""
    return f"The server at {host} could not be reached. {_CHECK}"


def stalled(host: str, seconds: float) -> str:
    """Return what to say of a server that stopped sending."""
    return (
        f"The server at {host} has sent nothing for {seconds:.0f} seconds. Try again; if it stays this slow, "
        "contact the person who runs the server."
    )


# --- files


def too_many_bytes(megabytes: float, most: float) -> str:
    """Return what to say of a file that is too large."""
    return (
        f"The file has {megabytes:,.0f} MB; at most {most:,.0f} MB can be loaded. Split the image, or save "
        "it at a smaller size."
    )


def too_many_pixels(width: int, height: int, millions: float, side: int) -> str:
    """Return what to say of an image that is too large to draw."""
    return (
        f"The image has {width:,} × {height:,} pixels; at most {millions:,.0f} million, and {side:,} on a "
        "side, can be shown. Split it, or save it at a smaller size."
    )


def incomplete(received: int, expected: int | None) -> str:
    """Return what to say of a file that ends too early; counts in bytes."""
    of = f" of {expected:,}" if expected else ""
    return (
        f"The image is incomplete: the file ends after {received:,}{of} bytes. Copy it to the server again."
    )


def web_page(called: str) -> str:
    """Return what to say of a web page; ``called`` as `called_by_server` makes it."""
    return (
        f"The address leads to a web page, not to an image{called}. It may be a sign-in page, or the page "
        "around the image instead of the file itself."
    )


def format_not_shown(name: str) -> str:
    """Return what to say of an image format that browsers cannot show; the name has an article."""
    return f"This is {name} image, which browsers cannot show. Save it as PNG or JPEG."


def jpeg_name(bits: int, lossless: bool, arithmetic: bool) -> str:
    """Return what a kind of JPEG that browsers cannot show is called; empty for other kinds."""
    if lossless:
        return "a lossless JPEG"
    if arithmetic:
        return "an arithmetic-coded JPEG"
    return f"a {bits}-bit JPEG" if bits > 8 else ""


def not_an_image(called: str) -> str:
    """Return what to say of a file that is no image."""
    return f"The file at this address is not an image{called}."


def called_by_server(content_type: str) -> str:
    """Return what the server says that a file is, to be put into a sentence."""
    return f" (the server calls it {content_type})" if content_type else ""


# --- DICOM files

NO_MEMORY = "There is not enough memory to show this image. Close other tabs, then try again."
NOT_DICOM = "This is not a DICOM file."
DICOM_DIRECTORY = "This DICOM file is a directory of other files, not an image."
DICOM_WAVEFORM = "This DICOM file contains a waveform, not an image."
DICOM_WITHOUT_PIXELS = (
    "This DICOM file describes an image but contains none: it was cut off, or written without pixels."
)
DICOM_WITHOUT_IMAGE = "This DICOM file contains no image."
DICOM_PIXELS_CUT_OFF = "The pixels of this DICOM file are cut off. Download or export it again."
UNKNOWN_SYNTAX = "an unknown transfer syntax"
METADATA_RECURSION = "The metadata of this image is nested too deeply."
FRAME_SYNTAX_UNKNOWN = "The server sent the frame in an unknown format."
CODECS_NOT_LOADED = "The decoders for compressed images are not loaded yet."
FILE_NOT_OPEN = "This file is no longer open. Open the image again."
ASSUMED = {
    "samples_per_pixel": "Samples per pixel missing: taken from the colors",
    "bits_stored": "Bits stored missing: all bits read",
    "pixel_representation": "Pixel representation missing: read as unsigned",
    "planar_configuration": "Planar configuration missing: read pixel by pixel",
}
"""Notes about elements that a file leaves out. Notes are lines on the image, so they are short."""
RESCALE_UNREADABLE = "Rescale unreadable: values as stored"
DECIMAL_COMMA = "Decimal commas read as points"


def dicom_damaged(error: Exception) -> str:
    """Return what to say of a file that cannot be parsed."""
    return f"This DICOM file is damaged or cut off and cannot be read ({error})."


def dicom_size_impossible(columns: int, rows: int, frames: int) -> str:
    """Return what to say of a size that makes no sense or is too large."""
    return (
        f"This DICOM file describes an image of {columns} × {rows} pixels and {frames} frames, which cannot "
        "be shown."
    )


def no_such_frame(frames: int, number: int) -> str:
    """Return what to say of a frame that a file does not have; numbers from 1."""
    return f"This DICOM file has {frames} frames, but no frame {number}."


def other_than_image(what: str) -> str:
    """Return what to say of a DICOM file that contains something else."""
    return f"This DICOM file contains {what}, not an image."


def pixels_undecodable(syntax: str, reason: str) -> str:
    """Return what to say of pixels that cannot be decoded."""
    return f"The pixels of this DICOM file ({syntax}) cannot be decoded: {reason}"


def metadata_unreadable(error: Exception) -> str:
    """Return what to say of metadata that makes no file."""
    return f"The server's metadata for this image cannot be read ({type(error).__name__})."


# --- DICOMweb

NO_LIST = "The server's response is not a DICOMweb list."
PARTS_WITHOUT_BOUNDARY = "The server's response does not say where its parts end."
PARTS_MISSING = "The server's response does not contain the parts that it announces."
RESPONSE_CUT_OFF = "The server's response was cut off. Try again."
NO_STUDY_DESCRIPTION = "Study without a description"
NO_SERIES_DESCRIPTION = "Series without a description"


def image_number(number: int) -> str:
    """Return how an instance is called."""
    return f"Image {number}"


def redirected(host: str) -> str:
    """Return what to say of a server that redirects, where credentials cannot follow."""
    return (
        f"The server at {host} redirects requests to another address, where Limner sends no token or "
        f"password. Enter that address under {DICOMWEB_SETTINGS}."
    )


def sign_in_rejected(host: str) -> str:
    """Return what to say of status 401 with credentials."""
    return (
        f"The DICOMweb server at {host} rejected your sign-in (401). Renew it under {DICOMWEB_SETTINGS}; it "
        "is stored only in this browser."
    )


def dicomweb_sign_in_required(host: str) -> str:
    """Return what to say of status 401 without credentials."""
    return (
        f"The DICOMweb server at {host} requires you to sign in (401). Enter a token, or a user name and "
        f"password, under {DICOMWEB_SETTINGS}; they are stored only in this browser."
    )


def dicomweb_forbidden(host: str, status: int) -> str:
    """Return what to say of status 403 and 407."""
    return (
        f"The DICOMweb server at {host} does not let you read this ({status}). Ask the person who runs it "
        f"for permission, or sign in as someone else under {DICOMWEB_SETTINGS}."
    )


def dicomweb_not_found(host: str, status: int, path: str) -> str:
    """Return what to say of status 404 and 410."""
    return (
        f"The DICOMweb server at {host} has nothing at this address ({status}). It may have been deleted, "
        f"or the service has another path: {path}"
    )


def not_as_files(host: str) -> str:
    """Return what to say of status 406."""
    return f"The DICOMweb server at {host} does not offer images as DICOM files (406)."


def dicomweb_no_cors(host: str, origin: str) -> str:
    """Return what to say of an answer without CORS headers."""
    return (
        f"The DICOMweb server at {host} answered, but did not allow this page to read it. Send "
        f"Access-Control-Allow-Origin: {origin} with every response, errors included, and answer OPTIONS "
        "requests with Access-Control-Allow-Headers: Accept, Authorization; docs/dicom.md shows how."
    )


def web_page_instead_of_dicom(host: str) -> str:
    """Return what to say of a web page where DICOM was expected."""
    return (
        f"The server at {host} answered with a web page instead of DICOM, often a sign-in page or a wrong "
        f"path. Check its address under {DICOMWEB_SETTINGS}, without /studies."
    )


def not_dicom_response(host: str, kind: str) -> str:
    """Return what to say of any other response; ``kind`` is its media type, empty if it has none."""
    what = f" ({kind})" if kind else ""
    return (
        f"The response from {host} is not DICOM{what}. Check under {DICOMWEB_SETTINGS} that its address is "
        "that of a DICOMweb service."
    )


# --- stacks

_TRAITS = {
    "echo_time": "Echo time {:g} ms",
    "inversion_time": "Inversion time {:g} ms",
    "flip_angle": "Flip angle {:g}°",
    "b_value": "b-value {:g} s/mm²",
    "direction": "Direction {}",
    "time": "Time {:g}",
    "frame_time": "Time {:g} ms",
    "trigger_time": "Trigger time {:g} ms",
    "cardiac_phase": "Cardiac phase {:g} %",
    "segment": "Segment {}",
    "acquisition": "Acquisition {:g}",
    "energy_window": "Energy window {:g}",
    "phase": "Phase {:g}",
    "time_slot": "Time slot {:g}",
    "stack": "Stack {}",
    "image_type": "Image type {}",
    "acquired": "Acquired at {}",
}
"""By what stacks of a series differ, by the names of traits."""


def stack_name(traits: Mapping[str, float | str]) -> str:
    """Return the name of a stack by what it differs in. Images without a trait have an empty value."""
    return " · ".join(_TRAITS[name].format(value) for name, value in traits.items() if value != "")


def volume_number(number: int) -> str:
    """Return the name of one of several stacks whose images do not say in what they differ."""
    return f"Volume {number}"


def pixels_of(across: float, down: float) -> str:
    """Return the name of a stack whose pixels have another size than those of others; in mm."""
    return f"Pixels of {across:.4g} × {down:.4g} mm"


def slices_missing(places: int, distance: float) -> str:
    """Return what to say of gaps in a stack; the usual distance in mm."""
    where = "1 place" if places == 1 else f"{places} places"
    return f"Slices are missing in {where}, where the distance is not {distance:g} mm."


def slices_repeated(count: int) -> str:
    """Return what to say of slices at the same position as another one."""
    if count == 1:
        return "1 slice has the same position as another one and is not shown."
    return f"{count} slices have the same position as another one and are not shown."
