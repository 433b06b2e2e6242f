/** The one door of the bundle: a default export that Panel and anywidget both call as `render`; `createEditor`, `createMap` and `flowText` are on it. */

import { flowText } from "../document/text";
import type { Flow, Host, NodeType, Overlay } from "../types";
import { createEditor } from "../view/editor";
import { createMap } from "../map/create";
import { hostOf, type Channel } from "./calls";
import { renderMap, renderMapInNotebook } from "./map";
import { followTheme, type Wanted } from "./theme";

interface State {
  flow: Flow;
  catalog: NodeType[];
  overlay: Overlay;
  theme: Wanted;
  readonly: boolean;
  autosave: boolean;
  selected: string[];
}

/** What Panel's and anywidget's models have in common once they are wrapped. */
interface Model extends Channel {
  get<Name extends keyof State>(name: Name): State[Name];
  set<Name extends keyof State>(name: Name, value: State[Name]): void;
  on(name: keyof State, told: () => void): void;
}

function mount(model: Model, element: HTMLElement): () => void {
  const host: Host = hostOf(model);
  let own: Flow | null = null;
  const editor = createEditor(element, {
    flow: model.get("flow"),
    catalog: model.get("catalog"),
    overlay: model.get("overlay"),
    readonly: model.get("readonly"),
    autosave: model.get("autosave") ?? false,
    host,
    onChange: (flow) => {
      own = flow;
      model.set("flow", flow);
    },
    onSelect: (nodes) => model.set("selected", nodes),
    onCommand: (command, args) => model.send({ command, args: args ?? {} }),
  });
  model.on("flow", () => {
    const next = model.get("flow");
    // What comes back is our own change as JSON; only another document is taken.
    if (JSON.stringify(next) !== JSON.stringify(own ?? editor.flow())) editor.setFlow(next);
  });
  model.on("catalog", () => editor.setCatalog(model.get("catalog")));
  model.on("overlay", () => editor.setOverlay(model.get("overlay")));
  const theme = followTheme(() => model.get("theme"), (now) => editor.setTheme(now));
  model.on("theme", theme.update);
  model.on("readonly", () => editor.setReadonly(model.get("readonly")));
  return () => {
    theme.stop();
    editor.destroy();
  };
}

/** Panel sends results as text: what Bokeh would do to a large one, value by value, takes a second. */
function opened(message: unknown): unknown {
  const { json, ...rest } = message as { json?: string };
  return json === undefined ? message : { ...rest, result: JSON.parse(json) };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Panel's model is a proxy without a type
function renderInPanel({ model }: { model: any }): HTMLElement {
  const element = document.createElement("div");
  element.style.cssText = "width:100%;height:100%;min-height:320px";
  let remove: (() => void) | undefined;
  const wrapped: Model = {
    get: (name) => model[name],
    set: (name, value) => void (model[name] = value),
    on: (name, told) => model.on(name, told),
    send: (message) => model.send_msg(message),
    receive: (told) => model.on("msg:custom", (event: { data?: unknown }) => told(opened(event?.data ?? event))),
  };
  // The element is in the page only after Panel has drawn around it.
  model.on("after_render", () => (remove ??= mount(wrapped, element)));
  model.on("remove", () => remove?.());
  return element;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- anywidget's model by its protocol
function renderInNotebook({ model, el }: { model: any; el: HTMLElement }): () => void {
  el.style.height = `${model.get("height") ?? 480}px`;
  return mount(
    {
      get: (name) => model.get(name),
      set: (name, value) => {
        model.set(name, value);
        model.save_changes();
      },
      on: (name, told) => model.on(`change:${name}`, told),
      send: (message) => model.send(message),
      receive: (told) => model.on("msg:custom", told),
    },
    el,
  );
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- either of the two
function render(given: any): HTMLElement | (() => void) {
  if (given.model.graph !== undefined) return renderMap(given);
  if (typeof given.model.get !== "function") return renderInPanel(given);
  return given.model.get("graph") === undefined ? renderInNotebook(given) : renderMapInNotebook(given);
}

// A named export `render` would be taken before the default one by anywidget, so there is only this.
export default { render, createEditor, createMap, flowText };
