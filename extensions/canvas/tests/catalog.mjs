// What Python says now, for tests that hold the canvas against it: the node types, and flows as it writes them.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "../../..");
const DUMP = "import json; from workbench.flow.catalog import load_catalog; print(json.dumps([one.describe().model_dump(mode='json') for one in load_catalog().values()]))";

export default function setup(project) {
  const python = process.env.CAUSEWAY_PYTHON ?? "python3";
  const said = (...args) => JSON.parse(execFileSync(python, args, { cwd: ROOT, env: { ...process.env, PYTHONPATH: ROOT }, maxBuffer: 1 << 26 }));
  project.provide("catalog", said("-c", DUMP));
  project.provide("documents", said(join(HERE, "documents.py")));
}
