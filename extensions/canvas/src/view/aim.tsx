/** While a wire is dragged: which node it would lead to, and why it may not, before it is let go. */

import { nodeOf } from "../document/nodes";
import type { EditorStore } from "../document/store";
import { refusal } from "../document/wires";
import { useUi } from "./ui";

/** The end at which a wire is held fast. */
export interface HeldEnd {
  node: string;
  port: string;
  /** Whether rows come out there. */
  gives: boolean;
}

/** What a wire would become on the body of a node: the first input that takes it; `why` is empty when it fits. */
export interface Ending {
  source: string;
  target: string;
  port: string;
  why: string;
}

/** Null where there is nothing that a wire could lead to. */
export function ending(store: EditorStore, from: HeldEnd, over: string): Ending | null {
  const { graph, kinds } = store;
  const ends = from.gives ? { source: from.node, target: over } : { source: over, target: from.node };
  if (graph.groups?.some((group) => group.id === over)) return { ...ends, port: "rows", why: "Open the group first; a wire leads to a node in it." };
  if (!nodeOf(graph, over)) return null;
  const ports = from.gives ? (kinds.get(nodeOf(graph, over)?.kind ?? "")?.inputs ?? []).map((one) => one.name) : [from.port];
  const why = (port: string): string => refusal(graph, kinds, ends.source, ends.target, port);
  const port = ports.find((one) => !why(one)) ?? ports[0] ?? "rows";
  return { ...ends, port, why: why(port) };
}

/** Marks the node under the mouse while a wire is dragged; `end` has to be called when it is let go. */
export class Aim {
  private marked: HTMLElement | null = null;

  constructor(
    private readonly root: HTMLElement | null,
    private readonly judge: (node: string) => Ending | null,
    private readonly say: (why: string, at: DOMRect | null) => void,
  ) {
    document.addEventListener("pointermove", this.moved);
  }

  end(): void {
    document.removeEventListener("pointermove", this.moved);
    this.mark(null, null);
  }

  private readonly moved = (event: PointerEvent): void => {
    const scope = this.root?.getRootNode() as Document | ShadowRoot | undefined;
    // A wire that is near an input has been drawn to it already.
    const under = this.root?.querySelector(".react-flow__handle.connectingto") ?? scope?.elementFromPoint(event.clientX, event.clientY);
    const element = under?.closest<HTMLElement>(".react-flow__node") ?? null;
    this.mark(element, element ? this.judge(element.dataset.id ?? "") : null);
  };

  private mark(element: HTMLElement | null, ending: Ending | null): void {
    const next = ending ? element : null;
    if (this.marked !== next) this.marked?.removeAttribute("data-aim");
    this.marked = next;
    next?.setAttribute("data-aim", ending?.why ? "no" : "yes");
    this.say(ending?.why ?? "", ending?.why && next ? next.getBoundingClientRect() : null);
  }
}

/** The reason, below the node. */
export function Refused() {
  const { refused } = useUi();
  if (!refused) return null;
  return (
    <div className="cw-refused" style={{ left: refused.x, top: refused.y }}>
      {refused.why}
    </div>
  );
}
