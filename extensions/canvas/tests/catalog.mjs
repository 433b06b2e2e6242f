// The node types as Python has them now, for tests that look at every one of them: dumped once for each run of the tests.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const DUMP = "import json; from workbench.flow.catalog import load_catalog; print(json.dumps([one.describe().model_dump(mode='json') for one in load_catalog().values()]))";

export default function setup(project) {
  const python = process.env.CAUSEWAY_PYTHON ?? "python3";
  const text = execFileSync(python, ["-c", DUMP], { cwd: ROOT, env: { ...process.env, PYTHONPATH: ROOT }, maxBuffer: 1 << 26 });
  project.provide("catalog", JSON.parse(text));
}
