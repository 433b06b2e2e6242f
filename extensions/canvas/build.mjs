// Bundles the canvas into one module: `node build.mjs [FOLDER]`. React, the styles and the layout are in it; nothing is fetched.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../../workbench/resources/canvas");

// A worker is bundled by itself and put into the module as text, so that the module stays one file.
const workers = {
  name: "workers",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^worker:/ }, (args) => ({ path: join(args.resolveDir, args.path.slice("worker:".length)), namespace: "worker" }));
    onLoad({ filter: /.*/, namespace: "worker" }, async (args) => {
      const made = await build({ entryPoints: [args.path], bundle: true, format: "iife", target: "es2022", minify: true, legalComments: "none", write: false });
      return { contents: made.outputFiles[0].text, loader: "text" };
    });
  },
};

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
  plugins: [workers],
  outdir: folder,
  logLevel: "warning",
});
