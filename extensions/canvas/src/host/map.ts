/** The map of services as a component of Panel: `graph` is what is on it. */

import { createMap } from "../map/create";
import type { ServiceMap } from "../map/graph";
import { followTheme } from "./theme";

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
