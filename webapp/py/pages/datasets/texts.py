"""What the page “New from DICOMweb” and the dialog with the servers tell people."""

from __future__ import annotations

from webapp.py.ui.parts import plural

NEW_FROM_DICOMWEB = "New from DICOMweb"
NEW_FROM_DICOMWEB_HELP = (
    "Select series on a PACS and create a project from them. Patient names stay in this browser; the project "
    "stores only addresses and neutral names."
)
ALL_PROJECTS = "All projects"
ADMINS_ONLY = "Only admins can create projects"

# Servers.

DICOMWEB_SERVERS = "DICOMweb servers"
SERVERS_HELP = (
    "Limner can read images from these servers. Tokens and passwords are stored only in this browser and "
    "sent only to their server."
)
NO_SERVERS = "No DICOMweb servers yet"
NO_SERVERS_HELP = "Add the address of your PACS, up to but not including /studies."
ADD_SERVER = "Add a server"
SERVER_FORM = "DICOMweb server"
SERVER_ADDRESS = "Address"
SERVER_ADDRESS_EXAMPLE = "https://pacs.example/dicom-web"
SERVER_NAME = "Name"
SERVER_NAME_EXAMPLE = "Radiology"
SIGN_IN = "Sign-in"
SIGN_INS = {
    "none": "None",
    "bearer": "Bearer token",
    "basic": "Username and password",
    "headers": "Custom headers",
}
TOKEN = "Token"
USERNAME = "Username"
PASSWORD = "Password"
HEADERS = "Headers, one per line"
HEADERS_EXAMPLE = "X-Api-Key: …"
SAVE = "Save"
CANCEL = "Cancel"
DUPLICATE_SERVER = "This server is already in the list."
CONNECTION_FAILED = "The server is saved, but the connection failed."


def sign_in_by(sign_in: str) -> str:
    """Return how a server is signed in to, by the key in `SIGN_INS`."""
    return f"{SIGN_IN}: {SIGN_INS[sign_in]}"


def edit_server(name: str) -> str:
    """Return the label of the button that edits a server."""
    return f"Edit {name}"


def remove_server(name: str) -> str:
    """Return the label of the button that removes a server."""
    return f"Remove {name}"


def server_removed(name: str) -> str:
    """Return what to say when a server was removed."""
    return f"{name} was removed."


def connecting(name: str) -> str:
    """Return what to say while a server that was just saved is tried."""
    return f"The server is saved. Connecting to {name}…"


def connected(name: str) -> str:
    """Return what to say when a server answers."""
    return f"Connected to {name}."


# Search.

SEARCH = "Search"
SEARCHING = "Searching…"
STOP = "Stop"
SERVER = "Server"
STUDY_FIELDS = {
    "PatientName": "Patient name",
    "PatientID": "Patient ID",
    "StudyDescription": "Description",
    "ModalitiesInStudy": "Modality",
    "from": "Study date from",
    "to": "Study date to",
}
"""What studies are searched by: DICOM attributes, and the first and last date."""
STUDIES = "Studies"
NO_STUDIES = "No studies match. Try fewer filters or other dates."
SHOW_MORE = "Show more"
NO_PATIENT_NAME = "No patient name"
SERIES = "Series"
LOADING_SERIES = "Loading series…"
NO_SERIES = "This study has no series."
NO_IMAGES = "No images"


def studies(count: int, more: bool) -> str:
    """Return how many studies are listed, and whether the server has more."""
    return f"{'First ' if more else ''}{plural(count, 'study', 'studies')}"


def files(count: int) -> str:
    """Return the number of files of a study or series; empty if the server does not say."""
    return plural(count, "file") if count else ""


# The new project.

PROJECT = "Project"
PROJECT_NAME = "Name"
PROJECT_NAME_HELP = "Everyone in the project sees this name. Do not include patient names."
INSTRUCTION = "Labeling instruction"
CREATE_PROJECT = "Create project"
NOTHING_SELECTED = "No series selected"
SELECTED_SERIES = "Selected series"
REMOVE_ALL = "Remove all"
PASTE_ADDRESSES = "Paste addresses"
ADDRESSES = "dicomweb:// addresses, one per line"
ADDRESSES_EXAMPLE = "dicomweb://pacs/dicom-web/studies/…"
ADDRESSES_HELP = "The address of a study or series adds all of its images."
SELECT_SERIES = "Select at least one series, or paste addresses."
ENTER_NAME = "Enter a name for the project."
NO_INSTRUCTION = "There is no labeling instruction yet, and a project needs one."
LISTING_IMAGES = "Listing images…"
NO_IMAGES_SELECTED = "Your selection contains no images."
SERVER_ADDRESS_PASTED = (
    "This is the address of a server. Add at least /studies/ and the UID of a study to it."
)


def selected(series: int, files_: int) -> str:
    """Return how many series are selected, and their files if the server says how many."""
    return ", ".join(filter(None, (plural(series, "series", "series"), files(files_))))


def remove_series(title: str) -> str:
    """Return the label of the button that removes a series from the selection."""
    return f"Remove {title}"


def listing_images_of(series: str) -> str:
    """Return what to say while the images of a series are listed."""
    return f"Listing images of {series}…"


def project_created(images: int) -> str:
    """Return what to say when the project is created."""
    return f"Your project with {plural(images, 'image')} is ready."


def too_many_images(most: int) -> str:
    """Return what to say when more images are selected than a dataset can have."""
    return f"Your selection has more than {most:,} images. Select fewer series."


def too_many_listed(most: int) -> str:
    """Return what to say when a server lists more than a dataset can have."""
    return f"The server lists more than {most:,} items here. Select less."


# Neutral names of folders and images, which say nothing about a patient.

IMAGE = "Image"


def folder_name(study: int, kind: str, series: int) -> str:
    """Return the folder of a series; ``kind`` is its modality, or `SERIES`."""
    return f"Study {study}/{kind} {series}"


def image_name(number: int) -> str:
    """Return the name of an image."""
    return f"{IMAGE} {number}"


def frame_name(image: str, frame: int) -> str:
    """Return the name of a frame, counted from 1."""
    return f"{image}, frame {frame}"
