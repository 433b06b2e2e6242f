/** What follows from the document and is kept until it changes: kinds, places, and what folded groups hide. */

import type { Flow, Graph, NodeType } from "../types";
import { hiddenIn } from "./folds";
import { kindsOf, type Kinds } from "./kinds";
import type { Place } from "./nodes";
import { placesOf } from "./places";

export class Derived {
  /** Folded groups that are looked into; the document says nothing of it. */
  private opened: ReadonlySet<string> = new Set();
  private placed = new Map<string, Map<string, Place>>();
  private folds: { nodes: Graph["nodes"]; groups: Graph["groups"]; opened: ReadonlySet<string>; hidden: ReadonlyMap<string, string> } | null = null;
  private known: { catalog: NodeType[]; parts: Flow["parts"]; kinds: Kinds } | null = null;

  kinds(catalog: NodeType[], parts: Flow["parts"]): Kinds {
    if (this.known?.catalog !== catalog || this.known.parts !== parts) this.known = { catalog, parts, kinds: kindsOf(catalog, { parts }) };
    return this.known.kinds;
  }

  /** Where each node stands; one without a place in the document stays where it was seen. `part` is empty for the flow itself. */
  places(part: string, graph: Graph, kinds: Kinds): ReadonlyMap<string, Place> {
    const found = placesOf(graph, kinds, this.placed.get(part) ?? new Map());
    this.placed.set(part, found);
    return found;
  }

  /** By node that is not seen: the folded group that it is in. */
  hidden(graph: Graph): ReadonlyMap<string, string> {
    const { nodes, groups } = graph;
    const { opened } = this;
    if (this.folds?.nodes !== nodes || this.folds?.groups !== groups || this.folds?.opened !== opened) this.folds = { nodes, groups, opened, hidden: hiddenIn(graph, opened) };
    return this.folds.hidden;
  }

  isOpened(group: string): boolean {
    return this.opened.has(group);
  }

  /** Look into a folded group, or no longer; tells whether that is something new. */
  lookInto(group: string, open: boolean): boolean {
    if (this.opened.has(group) === open) return false;
    this.opened = new Set(open ? [...this.opened, group] : [...this.opened].filter((id) => id !== group));
    return true;
  }

  /** Another document came: places of the last one mean nothing. */
  forget(): void {
    this.placed.clear();
  }
}
