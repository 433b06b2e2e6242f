import { expect, test } from "vitest";

import type { WireEdge } from "../src/view/elements";
import { parted } from "../src/view/far";

const wire = (source: number, target: number, more: Partial<WireEdge> = {}): WireEdge => ({ id: `${source}>${target}`, type: "wire", source: `n${source}`, target: `n${target}`, ...more });
const chain = Array.from({ length: 200 }, (_, at) => wire(at, at + 1));
const ids = (wires: readonly WireEdge[]): string[] => wires.map((one) => one.id);

test("from far away only the wires of what is touched are drawn one by one", () => {
  const { single, together } = parted(chain, true, new Set(["n7"]));

  expect(ids(single)).toEqual(["6>7", "7>8"]);
  expect(together).toHaveLength(198);
});

test("a wire that is selected, or that something is held over, is drawn by itself", () => {
  const wires = [...chain, wire(300, 301, { selected: true }), wire(302, 303, { data: { overlay: undefined, group: "tables", isTarget: true } })];

  expect(ids(parted(wires, true, new Set()).single)).toEqual(["300>301", "302>303"]);
});

test("near by, or with few wires, each is drawn by itself", () => {
  expect(parted(chain, false, new Set()).single).toBe(chain);
  expect(parted(chain.slice(0, 100), true, new Set()).together).toEqual([]);
});
