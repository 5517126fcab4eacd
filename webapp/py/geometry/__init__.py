"""Pure geometry of boxes, polygons and masks, in image pixels. It needs only numpy."""
