/** Flows in and out as files: JSON in and out, a Python program out. */

import type { Flow, Json } from "../../types";
import { isObject } from "../schema/shape";

/** The flow of a JSON text, or a sentence about why it is none. */
export function readFlow(text: string): Flow | string {
  let found: Json;
  try {
    found = JSON.parse(text) as Json;
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(found)) return "This is JSON, but not a flow: it has to be an object with nodes and edges.";
  const { nodes = [], edges = [] } = found;
  if (!Array.isArray(nodes) || !nodes.every((node) => isObject(node) && typeof node.id === "string" && typeof node.kind === "string")) return "This is not a flow: each of its nodes needs an id and a kind.";
  if (!Array.isArray(edges) || !edges.every((edge) => isObject(edge) && typeof edge.source === "string" && typeof edge.target === "string")) return "This is not a flow: each of its edges needs a source and a target.";
  return found as unknown as Flow;
}

export function download(name: string, text: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
