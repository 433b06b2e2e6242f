/** Draws a flow into an element and tells what its user does with it. */

import { ReactFlow, ReactFlowProvider } from "@xyflow/react";
import flowCss from "@xyflow/react/dist/style.css";
import { useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";

import { History } from "../document/history";
import { edgeId, type Editor, type EditorOptions, type Theme } from "../types";
import ownCss from "./canvas.css";

function Canvas({ history, theme }: { history: History; theme: Theme }) {
  const flow = useSyncExternalStore(history.subscribe, () => history.flow);
  const nodes = (flow.nodes ?? []).map((node, index) => ({
    id: node.id,
    position: { x: node.position?.[0] ?? index * 220, y: node.position?.[1] ?? 0 },
    data: { label: node.id },
  }));
  const edges = (flow.edges ?? []).map((edge) => ({ id: edgeId(edge), source: edge.source, target: edge.target }));
  return <ReactFlow nodes={nodes} edges={edges} colorMode={theme} fitView />;
}

export function createEditor(element: HTMLElement, options: EditorOptions): Editor {
  const history = new History(options.flow);
  let theme = options.theme ?? "light";
  const style = document.createElement("style");
  style.textContent = flowCss + ownCss;
  const place = document.createElement("div");
  place.className = "cw-root";
  element.append(style, place);
  const root = createRoot(place);
  const draw = (): void =>
    root.render(
      <ReactFlowProvider>
        <Canvas history={history} theme={theme} />
      </ReactFlowProvider>,
    );
  history.subscribe(() => options.onChange?.(history.flow));
  draw();
  return {
    setFlow: (flow) => history.replace(flow),
    setCatalog: () => undefined,
    setOverlay: () => undefined,
    setTheme: (next) => {
      theme = next;
      draw();
    },
    setReadonly: () => undefined,
    select: () => undefined,
    undo: () => void history.undo(),
    redo: () => void history.redo(),
    flow: () => history.flow,
    destroy: () => {
      root.unmount();
      place.remove();
      style.remove();
    },
  };
}
