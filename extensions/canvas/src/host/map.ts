/** The map of services as a component of Panel, and as a widget in which a service can be picked: `graph` is what is on it. */

import { createMap } from "../map/create";
import type { ServiceMap } from "../map/graph";
import { followTheme, type Wanted } from "./theme";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Panel's model is a proxy without a type
export function renderMap({ model }: { model: any }): HTMLElement {
  const element = document.createElement("div");
  element.style.width = "100%";
  let remove: (() => void) | undefined;
  const mount = (): (() => void) => {
    const map = createMap(element, { map: model.graph as ServiceMap });
    model.on("graph", () => map.setMap(model.graph as ServiceMap));
    const theme = followTheme(() => "auto", (now) => map.setTheme(now));
    return () => {
      theme.stop();
      map.destroy();
    };
  };
  // The element is in the page only after Panel has drawn around it.
  model.on("after_render", () => (remove ??= mount()));
  model.on("remove", () => remove?.());
  return element;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- anywidget's model by its protocol
export function renderMapInNotebook({ model, el }: { model: any; el: HTMLElement }): () => void {
  const map = createMap(el, {
    map: model.get("graph") as ServiceMap,
    selected: model.get("selected") as string,
    onPick: (id) => {
      model.set("selected", id);
      model.save_changes();
    },
  });
  // The notebook has shortcuts of its own on plain keys, such as D twice for "delete the cell".
  const own = (event: Event): void => event.stopPropagation();
  el.addEventListener("keydown", own);
  const theme = followTheme(() => model.get("theme") as Wanted, (now) => map.setTheme(now));
  const followed: Record<string, () => void> = {
    graph: () => map.setMap(model.get("graph") as ServiceMap),
    selected: () => map.setSelected(model.get("selected") as string),
    theme: theme.update,
  };
  for (const [name, follow] of Object.entries(followed)) model.on(`change:${name}`, follow);
  return () => {
    for (const [name, follow] of Object.entries(followed)) model.off(`change:${name}`, follow);
    el.removeEventListener("keydown", own);
    theme.stop();
    map.destroy();
  };
}
