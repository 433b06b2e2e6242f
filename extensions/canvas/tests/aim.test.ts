// @vitest-environment node
import { expect, test } from "vitest";

import { addNode } from "../src/document/nodes";
import { EditorStore } from "../src/document/store";
import { ending } from "../src/view/aim";
import { CATALOG, LINE } from "./small";

const flow = ["join:tables.join", "free:tables.filter"].reduce((before, text) => {
  const [id = "", kind = ""] = text.split(":");
  return addNode(before, { id, kind });
}, LINE);
const store = new EditorStore({ ...flow, groups: [{ id: "box", title: "", nodes: [] }], notes: [{ id: "note", text: "", position: [0, 0] }] }, { catalog: CATALOG });
const out = (node: string) => ({ node, port: "out", gives: true });
const into = (node: string, port: string) => ({ node, port, gives: false });

test.each([
  [out("file"), "join", { source: "file", target: "join", port: "left", why: "" }],
  [out("file"), "table", { source: "file", target: "table", port: "rows", why: "Input rows of table already reads from filter." }],
  [out("filter"), "file", { source: "filter", target: "file", port: "rows", why: "file is a source; it takes no rows." }],
  [out("filter"), "box", { source: "filter", target: "box", port: "rows", why: "Open the group first; a wire leads to a node in it." }],
  [out("filter"), "note", null],
  [into("join", "right"), "filter", { source: "filter", target: "join", port: "right", why: "" }],
  [into("free", "rows"), "table", { source: "table", target: "free", port: "rows", why: "table only writes; no rows come out of it." }],
])("a wire from %o over %s", (from, over, end) => {
  expect(ending(store, from, over)).toEqual(end);
});
