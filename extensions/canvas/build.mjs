// Bundles the canvas into one module: `node build.mjs [FOLDER]`. React, the styles and the layout are in it; nothing is fetched.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../../workbench/resources/canvas");

await build({
  absWorkingDir: here,
  entryPoints: { "causeway-canvas": "src/host/main.ts" },
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  jsx: "automatic",
  loader: { ".css": "text" },
  define: { "process.env.NODE_ENV": '"production"' },
  outdir: folder,
  logLevel: "warning",
});
