// Keeps the address and the app in step: links marked data-go change the view without loading the page again,
// Back and Forward work, and the chosen theme is kept in a cookie for the next visit.
const THEME = "causeway_theme";

function jump(link) {
  const id = link.getAttribute("href").slice(1);
  const walk = (root) => {
    const found = root.getElementById ? root.getElementById(id) : null;
    if (found) { return found; }
    for (const one of root.querySelectorAll("*")) {
      const inside = one.shadowRoot ? walk(one.shadowRoot) : null;
      if (inside) { return inside; }
    }
    return null;
  };
  const target = walk(document);
  if (!target) { return; }
  target.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
}

export function render({ model }) {
  const here = () => window.location.search;
  const go = (query) => {
    if (query !== here()) { window.history.pushState({}, "", window.location.pathname + query); }
  };
  const clicked = (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) { return; }
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    if (!link) { return; }
    if ((link.getAttribute("href") || "").startsWith("#")) {
      event.preventDefault();
      jump(link);
    } else if (link.dataset.go !== undefined) {
      event.preventDefault();
      go(new URL(link.href).search);
      model.query = here();
    }
  };
  const popped = () => { model.query = here(); };
  document.addEventListener("click", clicked);
  window.addEventListener("popstate", popped);
  model.on("query", () => go(model.query));
  const root = document.documentElement;
  model.on("dark", () => {
    // panel-material-ui follows this attribute, and so do the variables of the page.
    root.dataset.theme = model.dark ? "dark" : "light";
    document.cookie = THEME + "=" + root.dataset.theme + "; path=/; max-age=31536000; SameSite=Strict";
  });
  model.on("remove", () => {
    document.removeEventListener("click", clicked);
    window.removeEventListener("popstate", popped);
  });
  // The page's head has chosen the theme already; what is told before the session listens would be lost.
  const asked = setInterval(() => {
    if (window.Bokeh && window.Bokeh.documents.some((one) => one.is_idle)) {
      clearInterval(asked);
      model.dark = root.dataset.theme === "dark";
    }
  }, 50);
}
