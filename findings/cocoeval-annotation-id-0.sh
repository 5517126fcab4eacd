#!/bin/sh
# COCOeval counts a perfect detection as wrong if it matches an annotation with id 0.
#
# Versions: pycocotools 2.0.11 (run on 2026-11-29)
# You would expect: An id is only a name. Two boxes that are both detected exactly have an average precision
#   of 1, regardless of their ids.
# What happens: Matches are stored as the id of the annotation, and 0 also means 'no match'. The detection
#   counts as a false positive, and the annotation as missed.
# Output:
#   ids 1 and 2: AP 1.000
#   ids 0 and 1: AP 0.252
# What to do: Start annotation ids at 1 when you write COCO files, and renumber files from others before you
#   evaluate them.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pycocotools==2.0.11" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def precision(*ids):
    """Evaluate boxes against themselves."""
    boxes = [[10 + 100 * number, 10, 50, 50] for number in range(len(ids))]
    truth = COCO()
    truth.dataset = {
        "images": [{"id": 1, "width": 300, "height": 100}],
        "categories": [{"id": 1, "name": "cell"}],
        "annotations": [
            {"id": id_, "image_id": 1, "category_id": 1, "bbox": box, "area": 2500, "iscrowd": 0}
            for id_, box in zip(ids, boxes, strict=True)
        ],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found = truth.loadRes(
            [{"image_id": 1, "category_id": 1, "bbox": box, "score": 0.9} for box in boxes]
        )
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    print(f"ids {ids[0]} and {ids[1]}: AP {evaluation.stats[0]:.3f}")
    return evaluation.stats[0]


assert precision(1, 2) == 1
assert precision(0, 1) < 0.3
EOF
