/** Nodes: put in, take out, name, set, place. Each is a pure step from one graph to the next. */

import { portOf, type FlowEdge, type FlowNode, type FlowPart, type Graph, type Settings } from "../types";

export type Place = [number, number];

export const nodesOf = (graph: Graph): FlowNode[] => graph.nodes ?? [];
export const edgesOf = (graph: Graph): FlowEdge[] => graph.edges ?? [];
export const idsOf = (graph: Graph): Set<string> => new Set(nodesOf(graph).map((node) => node.id));
export const nodeOf = (graph: Graph, id: string): FlowNode | undefined => nodesOf(graph).find((node) => node.id === id);

/** The ends of a part, where the graph is one. */
type Ends = Pick<FlowPart, "inputs" | "output">;

const rounded = ([x, y]: Place): Place => [Math.round(x), Math.round(y)];

export function addNode<G extends Graph>(graph: G, node: FlowNode): G {
  const placed = node.position ? { ...node, position: rounded(node.position) } : node;
  return { ...graph, nodes: [...nodesOf(graph), placed] };
}

/** Take nodes out with their wires. With `reconnect`, what fed a node of one input feeds what read from it. */
export function removeNodes<G extends Graph>(graph: G, ids: ReadonlySet<string>, reconnect = false): G {
  let edges = edgesOf(graph);
  for (const id of ids) {
    const into = edges.filter((edge) => edge.target === id);
    const out = edges.filter((edge) => edge.source === id);
    edges = edges.filter((edge) => edge.target !== id && edge.source !== id);
    const source = into.length === 1 ? into[0]?.source : undefined;
    if (reconnect && source) edges = [...edges, ...out.map((edge) => ({ ...edge, source }))];
  }
  const groups = graph.groups
    ?.map((group) => ({ ...group, nodes: group.nodes.filter((id) => !ids.has(id)) }))
    .filter((group) => group.nodes.length > 0);
  const next: G & Ends = { ...graph, nodes: nodesOf(graph).filter((node) => !ids.has(node.id)), edges: unique(edges) };
  if (groups) next.groups = groups;
  if (next.inputs) next.inputs = next.inputs.filter((input) => !ids.has(input.node));
  if (next.output && ids.has(next.output)) delete next.output;
  return next;
}

/** Give a node another id; wires, groups and the ends of a part follow. */
export function renameNode<G extends Graph>(graph: G, id: string, name: string): G {
  const as = (one: string): string => (one === id ? name : one);
  const next: G & Ends = {
    ...graph,
    nodes: nodesOf(graph).map((node) => (node.id === id ? { ...node, id: name } : node)),
    edges: edgesOf(graph).map((edge) => ({ ...edge, source: as(edge.source), target: as(edge.target) })),
  };
  if (next.inputs) next.inputs = next.inputs.map((input) => ({ ...input, node: as(input.node) }));
  if (next.output) next.output = as(next.output);
  if (graph.groups) next.groups = graph.groups.map((group) => ({ ...group, nodes: group.nodes.map(as) }));
  return next;
}

export function updateNode<G extends Graph>(graph: G, id: string, change: (node: FlowNode) => FlowNode): G {
  return { ...graph, nodes: nodesOf(graph).map((node) => (node.id === id ? change(node) : node)) };
}

/** Set some settings of a node; `undefined` takes one out. */
export function setSettings<G extends Graph>(graph: G, id: string, changes: { [name: string]: Settings[string] | undefined }): G {
  return updateNode(graph, id, (node) => {
    const settings: Settings = { ...node.settings };
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) delete settings[name];
      else settings[name] = value;
    }
    return { ...node, settings };
  });
}

/** Put nodes and notes at places. What is not named stays. */
export function moveTo<G extends Graph>(graph: G, places: ReadonlyMap<string, Place>): G {
  const moved = <T extends { id: string; position?: Place | null }>(one: T): T => {
    const place = places.get(one.id);
    return place ? { ...one, position: rounded(place) } : one;
  };
  const next = { ...graph, nodes: nodesOf(graph).map(moved) };
  if (graph.notes) next.notes = graph.notes.map(moved);
  return next;
}

function unique(edges: FlowEdge[]): FlowEdge[] {
  const seen = new Set<string>();
  return edges.filter((edge) => {
    const key = `${edge.source}>${edge.target}.${portOf(edge)}`;
    return !seen.has(key) && seen.add(key);
  });
}
