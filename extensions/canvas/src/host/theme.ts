/** Light or dark, as the page around is: the app and JupyterLab say so on their root, others by the system. */

import type { Theme } from "../types";

export type Wanted = Theme | "auto";

function pageTheme(): Theme {
  const root = document.documentElement;
  const said = root.dataset.theme ?? document.body?.dataset.theme;
  if (said === "dark" || said === "light") return said;
  const lab = document.body?.dataset.jpThemeLight;
  if (lab) return lab === "false" ? "dark" : "light";
  return typeof matchMedia === "function" && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Tell the theme now and whenever it changes; returns what ends it. */
export function followTheme(wanted: () => Wanted, tell: (theme: Theme) => void): { update: () => void; stop: () => void } {
  const update = (): void => {
    const now = wanted();
    tell(now === "auto" || !now ? pageTheme() : now);
  };
  const observer = new MutationObserver(update);
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] });
  update();
  return { update, stop: () => observer.disconnect() };
}
