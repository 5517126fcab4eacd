"""How an image looks: what dragging, resetting and choosing windows change, and addresses of what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from webapp.py.imaging.dicom_header import Table, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.window_settings import (
    format_window_setting,
    parse_window_setting,
    split_window_setting,
)
from webapp.py.workspace.appearance import Appearance, initial_appearance
from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.tool import Adjust

TABLE = Window(50.0, 100.0, "BREAST", table=Table(first=0, brightest=255, shades=bytes(200)))
SCALARS = ScalarImage(np.zeros((2, 2), np.int16), Window(40.0, 400.0, "Liver"))


def test_a_drag_changes_the_window_of_values_without_end_and_a_reset_brings_the_first_one_back() -> None:
    appearance = initial_appearance(SCALARS)
    for _ in range(10):
        appearance = appearance.adjusted(Adjust(contrast=50))
    assert appearance.window is not None
    assert (
        appearance.window.width == 1
    )  # 400 halved fifteen times, which the standard's function does not allow
    assert appearance.brightness_contrast == BrightnessContrast()
    assert appearance.adjusted(Adjust(reset=True)) == initial_appearance(SCALARS)


def test_a_drag_of_a_photo_changes_its_light_within_the_ends() -> None:
    appearance = initial_appearance(None).adjusted(Adjust(brightness=70)).adjusted(Adjust(brightness=70))
    assert appearance == Appearance(BrightnessContrast(brightness=100))
    assert appearance.adjusted(Adjust(reset=True)) == Appearance()


def test_a_table_gives_way_to_a_window_when_it_is_dragged() -> None:
    appearance = Appearance(window=TABLE, initial_window=TABLE).adjusted(Adjust(brightness=10))
    assert appearance.window == Window(40.0, 100.0)
    assert appearance.with_brightness_contrast(BrightnessContrast()).window == TABLE


@pytest.mark.parametrize(
    "window",
    [
        SCALARS.window,
        TABLE,
        Window(0.25, 0.5, function="LINEAR_EXACT"),
        Window(-1.0, 9.0, function="SIGMOID"),
    ],
)
@pytest.mark.parametrize("inverted", [True, False])
def test_an_address_tells_through_which_window_an_image_is_seen(window: Window, inverted: bool) -> None:
    url, look = split_window_setting("http://scans/a#b.dcm" + format_window_setting(window, inverted))
    found, turned = parse_window_setting(look, [SCALARS.window, TABLE])
    assert (url, turned) == ("http://scans/a#b.dcm", inverted)
    assert (found.center, found.width, found.function, found.table) == (
        *(window.center, window.width, window.function),
        window.table,
    )


def test_an_address_of_a_table_that_is_not_the_files_is_refused() -> None:
    with pytest.raises(ValueError, match="no table"):
        parse_window_setting(format_window_setting(TABLE, False), [SCALARS.window])
