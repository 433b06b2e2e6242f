/** Sub-flows: make a part of some nodes, put its nodes back, give a node a part of its own. */

import { portOf, type Flow, type FlowEdge, type FlowPart, type Graph, type PartInput } from "../types";
import { freeId, freeName } from "./ids";
import { isPart, PART, partName, type Kinds } from "./kinds";
import { edgesOf, idsOf, nodesOf, removeNodes, type Place } from "./nodes";
import { placesOf } from "./places";
import { wire } from "./wires";

export interface Changed {
  flow: Flow;
  graph: Graph;
  /** What to select then. */
  selected: string[];
}

/** Put one node in place of some; a sentence when they cannot be one. */
export function makePart(flow: Flow, graph: Graph, ids: ReadonlySet<string>, name: string, places: ReadonlyMap<string, Place>): Changed | string {
  const inside = nodesOf(graph).filter((node) => ids.has(node.id));
  if (inside.length === 0) return "Select the nodes that the part shall be made of.";
  const edges = edgesOf(graph);
  const [into, out] = [edges.filter((edge) => !ids.has(edge.source) && ids.has(edge.target)), edges.filter((edge) => ids.has(edge.source) && !ids.has(edge.target))];
  const givers = [...new Set(out.map((edge) => edge.source))];
  if (givers.length > 1) return `A part has one output, but ${givers.join(" and ")} both feed nodes outside.`;
  if (through(edges, ids)) return "Rows leave these nodes and come back; take the nodes between along, too.";
  const { inputs, named } = inputsOf(into);
  const loose = inside.filter((node) => !edges.some((edge) => edge.source === node.id)).map((node) => node.id);
  const output = givers[0] ?? (loose.length === 1 ? loose[0] : undefined);
  const corner = cornerOf(inside.map((node) => places.get(node.id) ?? [0, 0]));
  const part: FlowPart = {
    nodes: inside.map((node) => ({ ...node, position: shifted(places.get(node.id) ?? [0, 0], corner, -1) })),
    edges: edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
    ...(inputs.length > 0 && { inputs }),
    ...(output !== undefined && { output }),
  };
  const id = freeId(PART + name, new Set([...idsOf(graph)].filter((one) => !ids.has(one))));
  const rest = removeNodes(graph, ids);
  const wired = [...into.map((edge) => wire(edge.source, id, named.get(edge) ?? "rows")), ...out.map((edge) => wire(id, edge.target, portOf(edge)))];
  const middle = meanOf(inside.map((node) => places.get(node.id) ?? [0, 0]));
  const next: Graph = {
    ...rest,
    nodes: [...nodesOf(rest), { id, kind: PART + name, position: middle }],
    edges: [...edgesOf(rest), ...unique(wired)],
  };
  const ends = graph as FlowPart;
  if (ends.output !== undefined && ids.has(ends.output)) (next as FlowPart).output = id;
  return { flow: { ...flow, parts: { ...flow.parts, [name]: part } }, graph: next, selected: [id] };
}

/** Put the nodes of a part in place of the one that stands for it: around it, so that a part that was made is undone. */
export function unpack(flow: Flow, graph: Graph, id: string, at: Place, kinds: Kinds): Changed | string {
  const node = nodesOf(graph).find((one) => one.id === id);
  const part = node && isPart(node.kind) ? flow.parts?.[partName(node.kind)] : undefined;
  if (!part) return `${id} is no part.`;
  const taken = idsOf(graph);
  taken.delete(id);
  const names = new Map<string, string>();
  for (const inner of nodesOf(part)) {
    const free = taken.has(inner.id) ? freeId(inner.kind, taken) : inner.id;
    taken.add(free);
    names.set(inner.id, free);
  }
  const named = (inner: string): string => names.get(inner) ?? inner;
  const places = placesOf(part, kinds, new Map());
  const middle = places.size > 0 ? meanOf([...places.values()]) : at;
  const nodes = nodesOf(part).map((inner) => ({ ...inner, id: named(inner.id), position: shifted(shifted(places.get(inner.id) ?? middle, middle, -1), at, 1) }));
  const edges = edgesOf(graph).flatMap((edge): FlowEdge[] => {
    if (edge.source === id) return part.output === undefined ? [] : [{ ...edge, source: named(part.output) }];
    if (edge.target !== id) return [edge];
    return (part.inputs ?? []).filter((input) => input.name === portOf(edge)).map((input) => wire(edge.source, named(input.node), input.port ?? "rows"));
  });
  const inner = edgesOf(part).map((edge) => ({ ...edge, source: named(edge.source), target: named(edge.target) }));
  const next: Graph = { ...graph, nodes: [...nodesOf(graph).filter((one) => one.id !== id), ...nodes], edges: [...edges, ...inner] };
  if (graph.groups) next.groups = graph.groups.map((group) => ({ ...group, nodes: group.nodes.flatMap((one) => (one === id ? [...names.values()] : [one])) }));
  return { flow: withoutUnused(flow, graph, next, partName(node?.kind ?? "")), graph: next, selected: [...names.values()] };
}

/** Give a node that stands for a part a copy of it, which can be changed without the others. */
export function clonePart(flow: Flow, graph: Graph, id: string): Changed | string {
  const node = nodesOf(graph).find((one) => one.id === id);
  const name = node && isPart(node.kind) ? partName(node.kind) : "";
  const part = flow.parts?.[name];
  if (!part) return `${id} is no part.`;
  const own = freeName(name, new Set(Object.keys(flow.parts ?? {})));
  const nodes = nodesOf(graph).map((one) => (one.id === id ? { ...one, kind: PART + own } : one));
  return { flow: { ...flow, parts: { ...flow.parts, [own]: part } }, graph: { ...graph, nodes }, selected: [id] };
}

/** Make a node the output of the part that is open, or let its free inputs be inputs of the part. */
export function exposeInputs(part: FlowPart, kinds: Kinds, id: string): FlowPart {
  const node = nodesOf(part).find((one) => one.id === id);
  const ports = kinds.get(node?.kind ?? "")?.inputs ?? [];
  const inputs = [...(part.inputs ?? [])];
  for (const { name: port } of ports) {
    const wired = edgesOf(part).some((edge) => edge.target === id && portOf(edge) === port);
    if (wired || inputs.some((input) => input.node === id && (input.port ?? "rows") === port)) continue;
    inputs.push({ name: freeName(port, new Set(inputs.map((input) => input.name))), node: id, ...(port !== "rows" && { port }) });
  }
  return { ...part, inputs };
}

function inputsOf(into: readonly FlowEdge[]): { inputs: PartInput[]; named: Map<FlowEdge, string> } {
  const inputs: PartInput[] = [];
  const named = new Map<FlowEdge, string>();
  const bySource = new Map<string, string>();
  const taken = new Set<string>();
  for (const edge of into) {
    // Wires of one source are one input, and lead to all of their nodes.
    const name = bySource.get(edge.source) ?? freeName(taken.size === 0 && into.every((one) => one.source === edge.source) ? "rows" : edge.source.replace(/-/g, "_"), taken);
    bySource.set(edge.source, name);
    taken.add(name);
    named.set(edge, name);
    inputs.push({ name, node: edge.target, ...(edge.port !== undefined && edge.port !== "rows" && { port: edge.port }) });
  }
  return { inputs, named };
}

/** Whether rows leave a set of nodes and come back into it. */
function through(edges: readonly FlowEdge[], ids: ReadonlySet<string>): boolean {
  const reached = new Set(edges.filter((edge) => ids.has(edge.source) && !ids.has(edge.target)).map((edge) => edge.target));
  for (let grown = true; grown; ) {
    grown = false;
    for (const edge of edges) {
      if (!reached.has(edge.source) || reached.has(edge.target)) continue;
      if (ids.has(edge.target)) return true;
      reached.add(edge.target);
      grown = true;
    }
  }
  return edges.some((edge) => reached.has(edge.source) && ids.has(edge.target));
}

function withoutUnused(flow: Flow, before: Graph, after: Graph, name: string): Flow {
  const graphs = [flow, ...Object.values(flow.parts ?? {})].map((graph) => (graph === before ? after : graph));
  if (graphs.some((graph) => nodesOf(graph).some((node) => node.kind === PART + name))) return flow;
  const { [name]: _unused, ...parts } = flow.parts ?? {};
  if (Object.keys(parts).length > 0) return { ...flow, parts };
  const { parts: _none, ...rest } = flow;
  return rest;
}

const unique = (edges: FlowEdge[]): FlowEdge[] => edges.filter((edge, index) => edges.findIndex((one) => one.source === edge.source && one.target === edge.target && portOf(one) === portOf(edge)) === index);
const cornerOf = (places: readonly Place[]): Place => [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
const meanOf = (places: readonly Place[]): Place => [Math.round(places.reduce((sum, [x]) => sum + x, 0) / places.length), Math.round(places.reduce((sum, [, y]) => sum + y, 0) / places.length)];
const shifted = ([x, y]: Place, by: Place, sign: number): Place => [Math.round(x + sign * by[0]), Math.round(y + sign * by[1])];
