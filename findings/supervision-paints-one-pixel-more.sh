#!/bin/sh
# supervision creates larger masks from COCO polygons than pycocotools does.
#
# Versions: supervision 0.31.2, pycocotools 2.0.11 (run on 2026-11-29)
# You would expect: A COCO polygon means the same pixels in every tool, because COCO's own library defines it:
#   vertices are on the edges of pixels.
# What happens: supervision treats vertices as pixel centers and also paints the outline, which adds a row and
#   a column. It converts masks back by the same rule, so its own round trip hides the difference.
# Output: polygon of 9 x 8: pycocotools 72 pixels, supervision 90 pixels
# What to do: Rasterize COCO polygons with pycocotools, and never compare masks from both in one score.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "supervision==0.31.2" "pycocotools==2.0.11" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import json
import os

import supervision
from PIL import Image
from pycocotools import mask as coco

polygon = [1, 1, 10, 1, 10, 9, 1, 9]
os.mkdir("images")
Image.new("RGB", (20, 20)).save("images/a.png")
with open("coco.json", "w") as file:
    json.dump(
        {
            "images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 20}],
            "categories": [{"id": 1, "name": "cell"}],
            "annotations": [
                {
                    "id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 72,
                    "bbox": [1, 1, 9, 8], "segmentation": [polygon],
                }
            ],
        },
        file,
    )
dataset = supervision.DetectionDataset.from_coco("images", "coco.json", force_masks=True)
((_, _, detections),) = list(dataset)
by_supervision = int(detections.mask.sum())
by_coco = int(coco.decode(coco.frPyObjects([polygon], 20, 20)).sum())
print(f"polygon of 9 x 8: pycocotools {by_coco} pixels, supervision {by_supervision} pixels")
assert by_coco == 72
assert by_supervision == 90
EOF
