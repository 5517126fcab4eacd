#!/bin/sh
# Datumaro turns a run-length mask into a smaller polygon and fills its hole.
#
# Versions: datumaro 1.13.12, pycocotools 2.0.11 (run on 2026-11-29)
# You would expect: If you import and export COCO, an annotation with a run-length mask keeps its pixels,
#   because both formats can store them.
# What happens: An instance (iscrowd 0) is written as a polygon through the centers of its border pixels. Its
#   hole is filled, and a row and a column are lost: 10 x 10 pixels with a hole of 3 x 3 become 9 x 9 without
#   one. Categories are also renumbered. There is no warning.
# Output:
#   in:  RLE, 91 pixels, category 7
#   out: polygon, 81 pixels, category 2
# What to do: Convert masks with another tool, or compare the pixel counts of both files.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "datumaro==1.13.12" "pycocotools==2.0.11" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import json
import os

import datumaro
import numpy as np
from PIL import Image
from pycocotools import mask as coco

mask = np.zeros((20, 20), np.uint8)
mask[2:12, 2:12] = 1
mask[5:8, 5:8] = 0
column_wise = mask.ravel(order="F")
edges = np.flatnonzero(np.diff(column_wise)) + 1
counts = np.diff([0, *edges, column_wise.size]).tolist()
os.makedirs("in/annotations")
os.makedirs("in/images/default")
Image.new("RGB", (20, 20)).save("in/images/default/a.png")
with open("in/annotations/instances_default.json", "w") as file:
    json.dump(
        {
            "images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 20}],
            "categories": [{"id": 3, "name": "cell"}, {"id": 7, "name": "ring"}],
            "annotations": [
                {
                    "id": 1, "image_id": 1, "category_id": 7, "iscrowd": 0, "area": 91,
                    "bbox": [2, 2, 10, 10], "segmentation": {"size": [20, 20], "counts": counts},
                }
            ],
        },
        file,
    )
datumaro.Dataset.import_from("in", "coco").export("out", "coco", save_media=False)
with open("out/annotations/instances_default.json") as file:
    written = json.load(file)["annotations"][0]
polygons = written["segmentation"]
pixels = int(coco.decode(coco.merge(coco.frPyObjects(polygons, 20, 20))).sum())
print(f"in:  RLE, {int(mask.sum())} pixels, category 7")
print(f"out: polygon, {pixels} pixels, category {written['category_id']}")
assert isinstance(polygons, list)
assert pixels == 81
assert written["category_id"] == 2
EOF
