/** The tab with the rows of the selected node, or of the node that feeds the selected wire. */

import { useEffect, useMemo, useState } from "react";

import { useEditor } from "../../document/context";
import type { EditorStore } from "../../document/store";
import { meaning } from "../../host/checks";
import { edgeId } from "../../types";
import { outputOf } from "../problems/parts";
import { isActive } from "../run/overlay";
import { asked, usePreview, useTap } from "./fetch";
import { pin, pinnedBefore } from "./pins";
import { PreviewView } from "./preview";

/** The node whose rows are meant: the only selected one, or the source of the only selected wire. */
export function shownNode(store: EditorStore): string {
  const nodes = store.selectedNodes;
  if (nodes.length === 1) return outputOf(store.flow, store.fullId(nodes[0] ?? ""));
  const wires = (store.graph.edges ?? []).filter((edge) => store.selection.has(edgeId(edge)));
  return nodes.length === 0 && wires.length === 1 ? outputOf(store.flow, store.fullId(wires[0]?.source ?? "")) : "";
}

export function PreviewDock() {
  const store = useEditor();
  const node = shownNode(store);
  if (!store.outside.host.live) return <p className="cw-none">There is no workbench behind this page, so no rows can be shown.</p>;
  if (!node) return <p className="cw-none">Select a node or a wire to see its rows.</p>;
  return <Of key={node} node={node} />;
}

function Of({ node }: { node: string }) {
  const store = useEditor();
  const { host, overlay, pinned } = store.outside;
  const { rows, load, cancel } = usePreview(host);
  const [live, setLive] = useState(false);
  const run = overlay.run && isActive(overlay.run.state) ? (overlay.run.id ?? "") : "";
  const tapped = useTap(host, run, node, live && run !== "");
  const now = useMemo(() => meaning(store.flow), [store.flow]);
  const from = pinned[node] ? [] : pinnedBefore(store.flow, node, pinned);
  // Its own rows are the same, pinned or not; those that it is made of may be others.
  const state = [now, ...from.map((one) => pinned[one])];
  const [of, setOf] = useState<readonly unknown[]>(state);
  const ask = (): void => {
    setOf(state);
    load(asked(store.flow, node, pinned));
  };
  // The rows are asked for once; whoever changes the flow says when to look again.
  useEffect(ask, [node]);
  return (
    <PreviewView
      node={node}
      rows={live && run ? tapped : rows}
      live={{ possible: run !== "", on: live, set: setLive }}
      old={of.length !== state.length || state.some((one, index) => one !== of[index])}
      pinned={pinned[node]}
      from={from}
      pin={(some) => pin(store, node, some)}
      load={ask}
      cancel={cancel}
    />
  );
}
