"""How long each file of browser tests takes: the longest comes first, so that all processes end together."""

from __future__ import annotations

OTHER = 20
"""Seconds of a file that is not listed yet."""
SECONDS = {
    "test_boot": 100,
    "test_old_data": 80,
    "test_offline_site": 80,
    "test_offline_labeling": 75,
    "test_worker_kills": 75,
    "test_indexeddb": 60,
    "test_image_list": 55,
    "test_labeling": 50,
    "test_dicom": 50,
    "test_image_problems": 45,
    "test_superpixels": 40,
    "test_camera": 40,
    "test_worker_deaths": 40,
    "test_touch": 40,
    "test_drawing_tools": 35,
    "test_questionnaire": 35,
    "test_page_and_worker": 35,
    "test_activity": 35,
    "test_journal": 35,
    "test_stacks": 35,
    "test_dicomweb_pages": 35,
    "test_dicomweb": 30,
    "test_server_edges": 30,
    "test_keyboard": 30,
    "test_accessibility": 30,
    "test_objects_over_slices": 25,
    "test_multiplanar": 20,
    "test_runtime_skimage": 20,
    "test_mask_operations": 20,
    "test_killed_browser": 20,
    "test_killed_outbox": 20,
    "test_plain_canvas": 30,
    "test_plain_workbench": 25,
    "test_dicom_display": 15,
    "test_started": 12,
    "test_layouts": 12,
    "test_key_pointer": 8,
}
"""Rough sums of ``pytest --durations=0`` on two cores; only the order matters."""
