// Builds the style sheet and the scripts into ../wwwroot, and refuses them when they outgrow their limits.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../wwwroot");
const limits = { "portal.css": 28, "portal.js": 25, "pre.js": 1 };

mkdirSync(out, { recursive: true });
const { css } = compile(join(here, "styles/portal.scss"), {
  loadPaths: [join(here, "node_modules")], style: "compressed", quietDeps: true,
});
writeFileSync(join(out, "portal.css"), css);

await build({
  entryPoints: [join(here, "scripts/pre.js"), join(here, "scripts/portal.js")],
  outdir: out, bundle: true, minify: true, format: "iife", target: "es2022", legalComments: "none", logLevel: "warning",
});

let refused = false;
for (const [file, limit] of Object.entries(limits)) {
  const size = gzipSync(readFileSync(join(out, file))).length / 1000;
  if (size > limit) {
    refused = true;
    console.error(`error ASSETS02: ${file} weighs ${size.toFixed(1)} kB gzipped, the limit is ${limit} kB.`);
  }
}

// A brand that is not ours, or code that a strict content policy stops, would otherwise be seen by users first.
for (const foreign of ["GDS Transport", "govuk-crest", "url(http"]) {
  if (css.includes(foreign)) { refused = true; console.error(`error ASSETS03: portal.css contains "${foreign}".`); }
}
const script = readFileSync(join(out, "portal.js"), "utf8");
for (const unsafe of ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]) {
  if (script.includes(unsafe)) { refused = true; console.error(`error ASSETS04: portal.js uses ${unsafe}, which Trusted Types refuse.`); }
}

// Files left behind would look finished to the next build.
if (refused) for (const file of Object.keys(limits)) rmSync(join(out, file));
process.exit(refused ? 1 : 0);
