#!/bin/sh
# dcmjs writes the padding value of a signed image as unsigned, so -2000 becomes 63536.
#
# Versions: dcmjs 0.52.2 (npm) (run on 2026-11-29)
# You would expect: The VR of PixelPaddingValue is US or SS, depending on PixelRepresentation (PS3.5, 6.2 and
#   PS3.6). With PixelRepresentation 1, it is SS.
# What happens: If you pass a dataset by element names, dcmjs writes US for every element that can be either,
#   regardless of PixelRepresentation. The bits are right, but the VR is wrong: readers of the file see a
#   padding value that no pixel has.
# Output: PixelRepresentation 1, PixelPaddingValue -2000 -> VR US, 63536
# What to do: Pass _vrMap: { PixelPaddingValue: 'SS' } with the dataset when you write. When you read, take
#   the sign from PixelRepresentation, not from the VR.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
npm install --silent --no-audit --no-fund --no-save "dcmjs@0.52.2"
cat > padding.cjs <<'EOF'
const assert = require("node:assert");
const dcmjs = require("dcmjs");

const { DicomDict, DicomMessage, DicomMetaDictionary } = dcmjs.data;
const file = new DicomDict({ "00020010": { vr: "UI", Value: ["1.2.840.10008.1.2.1"] } });
file.dict = DicomMetaDictionary.denaturalizeDataset({ _vrMap: {}, PixelRepresentation: 1, PixelPaddingValue: -2000 });
const read = DicomMessage.readFile(file.write()).dict["00280120"];
console.log(`PixelRepresentation 1, PixelPaddingValue -2000 -> VR ${read.vr}, ${read.Value[0]}`);
assert.equal(read.vr, "US");
assert.equal(read.Value[0], 63536);

const named = new DicomDict({ "00020010": { vr: "UI", Value: ["1.2.840.10008.1.2.1"] } });
const _vrMap = { PixelPaddingValue: "SS" };
named.dict = DicomMetaDictionary.denaturalizeDataset({ _vrMap, PixelRepresentation: 1, PixelPaddingValue: -2000 });
assert.equal(DicomMessage.readFile(named.write()).dict["00280120"].Value[0], -2000);
EOF
node padding.cjs
