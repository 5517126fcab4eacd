#!/bin/sh
# axe-core checks WCAG 2.2's target size only if you ask for it by tag.
#
# Versions: axe-core 4.14.1, jsdom 29.1.1 (npm) (run on 2026-11-29)
# You would expect: axe.run() without options checks more than a run that is narrowed to some tags. A page
#   that passes it has passed the WCAG 2.2 AA rules that axe has.
# What happens: The default run leaves out target-size, the rule for WCAG 2.2 AA's criterion 2.5.8. Naming
#   the tag wcag22aa turns it on. Naming the tag of an experimental rule turns nothing on: css-orientation-
#   lock has the tag wcag21aa and never runs.
# Output:
#   default run: target-size missing, css-orientation-lock missing
#   runOnly with wcag21aa and wcag22aa: target-size checked, css-orientation-lock missing
# What to do: Always pass the tags of the standard you claim, and enable experimental rules by name.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
npm install --silent --no-audit --no-fund --no-save "axe-core@4.14.1" "jsdom@29.1.1"
cat > rules.cjs <<'EOF'
const assert = require("node:assert");
const axe = require("axe-core");
const { JSDOM } = require("jsdom");

const page = '<!doctype html><html lang="en"><title>Page</title><main><h1>Title</h1><button>Go</button></main>';
const { window } = new JSDOM(page, { runScripts: "outside-only" });
window.eval(axe.source);
// jsdom draws nothing, so rules that need colors are left out. Which rules ran is all that counts here.
const rules = { "color-contrast": { enabled: false } };
const ran = async (options) => {
  const results = await window.axe.run(window.document, { rules, ...options });
  const { violations, passes, incomplete, inapplicable } = results;
  return new Set([violations, passes, incomplete, inapplicable].flat().map((rule) => rule.id));
};
const say = (ids, rule) => `${rule} ${ids.has(rule) ? "checked" : "missing"}`;
(async () => {
  const tagged = new Set(window.axe.getRules(["wcag21aa"]).map((rule) => rule.ruleId));
  assert(tagged.has("css-orientation-lock"));
  const usual = await ran({});
  const byTag = await ran({ runOnly: ["wcag21aa", "wcag22aa"] });
  console.log(`default run: ${say(usual, "target-size")}, ${say(usual, "css-orientation-lock")}`);
  console.log(
    `runOnly with wcag21aa and wcag22aa: ${say(byTag, "target-size")}, ${say(byTag, "css-orientation-lock")}`,
  );
  assert(!usual.has("target-size") && !usual.has("css-orientation-lock"));
  assert(byTag.has("target-size") && !byTag.has("css-orientation-lock"));
})();
EOF
node rules.cjs
