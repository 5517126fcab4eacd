// The parts of the UI kit that pages use, bundled by esbuild.
import "@awesome.me/webawesome/dist/styles/themes/default.css";
import "./fonts.css";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import "@awesome.me/webawesome/dist/components/drawer/drawer.js";
import { registerIconLibrary } from "@awesome.me/webawesome/dist/webawesome.js";

// Icons come from the sprite of the site, never from other servers.
const site = JSON.parse(document.getElementById("site").textContent);
const sprite = new URL(site.icons, document.baseURI).href;
registerIconLibrary("default", { resolver: (name) => `${sprite}#icon-${name}`, spriteSheet: true });
