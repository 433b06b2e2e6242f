// @vitest-environment node
import { expect, test } from "vitest";

import { Navigation } from "../src/document/navigation";
import type { Flow } from "../src/types";

const FLOW: Flow = {
  name: "deep",
  nodes: [{ id: "wash", kind: "flow:clean" }],
  parts: {
    clean: { nodes: [{ id: "rinse", kind: "flow:rinse" }, { id: "keep", kind: "tables.filter" }] },
    rinse: { nodes: [{ id: "spin", kind: "tables.filter" }] },
  },
};

test("one goes into parts by their nodes, and back up", () => {
  const way = new Navigation();
  expect([way.into(FLOW, "wash"), way.into(FLOW, "rinse"), way.into(FLOW, "spin")]).toEqual([true, true, false]);
  expect([way.path, way.trail, way.fullId("spin")]).toEqual([["clean", "rinse"], ["wash", "rinse"], "wash/rinse/spin"]);

  way.up(1);

  expect(way.graphOf(FLOW)).toBe(FLOW.parts?.clean);
});

test("a full id leads into the parts on its way, from wherever one is", () => {
  const way = new Navigation();
  expect([way.to(FLOW, "wash/rinse/spin"), way.path]).toEqual(["spin", ["clean", "rinse"]]);
  expect([way.to(FLOW, "wash/keep"), way.path]).toEqual(["keep", ["clean"]]);
  expect([way.to(FLOW, "wash"), way.path]).toEqual(["wash", []]);
});

test("a change of the open part stands in the document; parts that are gone are left", () => {
  const way = new Navigation();
  way.to(FLOW, "wash/rinse/spin");

  const changed = way.withGraph(FLOW, { nodes: [] });
  way.leaveGone({ ...FLOW, parts: { clean: FLOW.parts?.clean ?? {} } });

  expect(changed.parts?.rinse).toEqual({ nodes: [] });
  expect(way.path).toEqual(["clean"]);
});
