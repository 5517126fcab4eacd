"""Pure geometry of boxes, polygons and masks, in image pixels; needs numpy at most."""
