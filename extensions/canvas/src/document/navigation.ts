/** Where one is in a document: in the flow itself, or in parts that were opened one in the other. */

import type { Flow, Graph } from "../types";
import { isPart, partName } from "./kinds";
import { nodeOf } from "./nodes";

export class Navigation {
  /** Names of the open parts, the outermost first; empty for the flow itself. */
  path: readonly string[] = [];
  /** Ids of the nodes by which they were entered. */
  trail: readonly string[] = [];

  /** What is open: the flow, or the innermost part. */
  graphOf(flow: Flow): Graph {
    const part = this.path.at(-1);
    return part === undefined ? flow : (flow.parts?.[part] ?? {});
  }

  /** The document with another graph in place of the open one. */
  withGraph(flow: Flow, graph: Graph): Flow {
    const part = this.path.at(-1);
    return part === undefined ? (graph as Flow) : { ...flow, parts: { ...flow.parts, [part]: graph } };
  }

  /** The id by which findings, columns and metrics name a node of the open part: the first use of it, joined by `/`. */
  fullId(node: string): string {
    return [...this.trail, node].join("/");
  }

  /** Go into the part that a node of the open graph stands for; false when it stands for none. */
  into(flow: Flow, node: string): boolean {
    const kind = nodeOf(this.graphOf(flow), node)?.kind ?? "";
    const name = isPart(kind) ? partName(kind) : "";
    if (!flow.parts?.[name]) return false;
    this.path = [...this.path, name];
    this.trail = [...this.trail, node];
    return true;
  }

  /** Go back up to a depth; 0 is the flow itself. */
  up(depth: number): void {
    this.path = this.path.slice(0, Math.max(0, depth));
    this.trail = this.trail.slice(0, Math.max(0, depth));
  }

  /** Go to the graph in which a node stands, as far as there is a way; returns its id there. */
  to(flow: Flow, full: string): string {
    const way = full.split("/");
    const id = way.pop() ?? "";
    if (this.trail.join("/") !== way.join("/")) {
      this.up(0);
      for (const node of way) this.into(flow, node);
    }
    return id;
  }

  /** Leave parts that are no more. */
  leaveGone(flow: Flow): void {
    const gone = this.path.findIndex((name) => !flow.parts?.[name]);
    if (gone >= 0) this.up(gone);
  }
}
