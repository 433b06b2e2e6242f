/** Puts the editor into an element and tells its host what its user does. */

import { ReactFlowProvider } from "@xyflow/react";
import flowCss from "@xyflow/react/dist/style.css";
import { createRoot } from "react-dom/client";

import { EditorContext } from "../document/context";
import { EditorStore } from "../document/store";
import { startChecks } from "../host/checks";
import { keepInBrowser, saveDrafts } from "../host/drafts";
import { askForTypes } from "../host/catalog";
import formCss from "../panels/css/form.css";
import panelsCss from "../panels/css/panels.css";
import { taken } from "../panels/run/ours";
import type { Editor, EditorOptions } from "../types";
import { Boundary } from "./boundary";
import canvasCss from "./css/canvas.css";
import frameCss from "./css/frame.css";
import themeCss from "./css/theme.css";
import popupCss from "./css/popup.css";
import { Ui, UiContext } from "./ui";
import { Workbench } from "./workbench";

export function createEditor(element: HTMLElement, options: EditorOptions): Editor {
  const { flow, host, onCommand, onChange, onSelect } = options;
  const store = new EditorStore(flow, {
    catalog: options.catalog,
    overlay: options.overlay ?? {},
    theme: options.theme ?? "light",
    readonly: options.readonly ?? false,
    ...(host && { host }),
  });
  store.command = (name, args) => onCommand?.(name, args);
  const ui = new Ui();
  const key = options.draftKey ?? flow.name;
  const tasks: { stop(): void }[] = [];
  if (options.draftKey !== undefined || options.autosave) tasks.push(keepInBrowser(store, key));
  if (host?.live && options.autosave) tasks.push(saveDrafts(store, flow.name, key));
  if (host?.live && !options.readonly) tasks.push(startChecks(store));
  if (host?.live && options.catalog.length === 0) void askForTypes(store);
  let own = true;
  let selected = "";
  store.history.subscribe(() => own && onChange?.(store.flow));
  store.subscribe(() => {
    const now = store.selectedNodes;
    if (now.join() !== selected) onSelect?.(now);
    selected = now.join();
  });
  const style = document.createElement("style");
  style.textContent = flowCss + themeCss + frameCss + canvasCss + popupCss + formCss + panelsCss;
  const place = document.createElement("div");
  place.className = "cw-place";
  element.append(style, place);
  const root = createRoot(place);
  root.render(
    <EditorContext value={store}>
      <UiContext value={ui}>
        <Boundary store={store} draftKey={key}>
          <ReactFlowProvider>
            <Workbench />
          </ReactFlowProvider>
        </Boundary>
      </UiContext>
    </EditorContext>,
  );
  return {
    setFlow: (next) => {
      own = false;
      store.replace(next);
      own = true;
    },
    setCatalog: (catalog) => store.set({ catalog, types: "there" }),
    setOverlay: (overlay) => store.set({ overlay: taken(store.outside.overlay, overlay) }),
    setTheme: (theme) => store.set({ theme }),
    setReadonly: (readonly) => store.set({ readonly }),
    select: (nodes) => store.select(nodes),
    undo: () => store.undo(),
    redo: () => store.redo(),
    flow: () => store.flow,
    destroy: () => {
      for (const task of tasks) task.stop();
      root.unmount();
      place.remove();
      style.remove();
    },
  };
}
