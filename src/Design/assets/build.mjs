// Builds the style sheet and the scripts into ../wwwroot, and refuses them when they outgrow their limits.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../wwwroot");
const limits = { "portal.css": 28, "portal.js": 25, "pre.js": 1, "public.css": 14, "public.js": 10 };
const sheets = ["portal", "public"];

mkdirSync(out, { recursive: true });
for (const sheet of sheets) {
  const { css } = compile(join(here, `styles/${sheet}.scss`), {
    loadPaths: [join(here, "node_modules")], style: "compressed", quietDeps: true,
  });
  writeFileSync(join(out, `${sheet}.css`), css);
}

await build({
  entryPoints: ["pre", "portal", "public"].map(script => join(here, `scripts/${script}.js`)),
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
for (const sheet of sheets) {
  const css = readFileSync(join(out, `${sheet}.css`), "utf8");
  for (const foreign of ["GDS Transport", "govuk-crest", "url(http"]) {
    if (css.includes(foreign)) { refused = true; console.error(`error ASSETS03: ${sheet}.css contains "${foreign}".`); }
  }
}
for (const file of ["portal.js", "public.js"]) {
  const script = readFileSync(join(out, file), "utf8");
  for (const unsafe of ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]) {
    if (script.includes(unsafe)) { refused = true; console.error(`error ASSETS04: ${file} uses ${unsafe}, which Trusted Types refuse.`); }
  }
}

// Files left behind would look finished to the next build.
if (refused) for (const file of Object.keys(limits)) rmSync(join(out, file));
process.exit(refused ? 1 : 0);
