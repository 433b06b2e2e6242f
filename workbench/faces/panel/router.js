// Keeps the address and the app in step: links marked data-go change the view without loading the page again,
// Back and Forward work, and the chosen theme is kept in a cookie for the next visit. What is pressed, chosen, typed as
// a key or dragged in panes of plain HTML is told to Python, which decides what it means.
const THEME = "causeway_theme";

// The parts of the app have shadow roots of their own, so what is looked for may be in any of them.
function find(selector, root = document) {
  const found = root.querySelector(selector);
  if (found) { return found; }
  for (const one of root.querySelectorAll("*")) {
    const inside = one.shadowRoot ? find(selector, one.shadowRoot) : null;
    if (inside) { return inside; }
  }
  return null;
}

// Parts are drawn anew when something changes; whoever uses the keyboard stays where they were in them.
function keepFocus(one, selector) {
  const until = Date.now() + 3000;
  const look = setInterval(() => {
    const lost = !document.activeElement || document.activeElement === document.body || !one.isConnected;
    const again = lost ? find(selector) : null;
    if (again && again !== one) { again.focus({ preventScroll: true }); }
    if ((again && again !== one) || Date.now() > until) { clearInterval(look); }
  }, 60);
}

// Bars that show progress have no name of their own.
function nameBars(root = document) {
  for (const one of root.querySelectorAll("*")) {
    if (one.getAttribute("role") === "progressbar" && !one.hasAttribute("aria-label")) { one.setAttribute("aria-label", "Working"); }
    if (one.shadowRoot) { nameBars(one.shadowRoot); }
  }
}

function jump(link) {
  const target = find(`#${CSS.escape(link.getAttribute("href").slice(1))}`);
  if (!target) { return; }
  target.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
}

// A slash goes to the search of the page, as in many programs; where text is written it stays a slash.
function searches(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) { return; }
  const at = event.composedPath()[0];
  if (at.matches?.("input, textarea, select, [contenteditable=true]") || event.composedPath().some((one) => one.classList?.contains("cw-root"))) { return; }
  const field = find("input", find(".finds")?.shadowRoot || document.createDocumentFragment());
  if (!field) { return; }
  event.preventDefault();
  field.focus();
  field.select();
}

// What a button holds is put into the clipboard, and the button says so for a moment.
function copies(event) {
  const button = event.composedPath().find((one) => one instanceof HTMLElement && one.dataset.copy !== undefined);
  if (!button) { return; }
  const say = (text) => { button.textContent = text; setTimeout(() => { button.textContent = "Copy"; }, 2000); };
  const copied = navigator.clipboard?.writeText(button.dataset.copy) ?? Promise.reject(new Error("no clipboard"));
  copied.then(() => say("Copied"), () => say("The browser does not allow it"));
}

// A card of the board is dragged to the column of another state; columns that it may not go to do not take it.
function dragging(told) {
  let card = null, over = null;
  const of = (event, name) => event.composedPath().find((one) => one instanceof Element && one.dataset[name] !== undefined) || null;
  const mark = (next) => { over?.classList.remove("over"); (over = next)?.classList.add("over"); };
  const place = (event) => {
    const column = card && of(event, "drop");
    return column && card.dataset.moves.split(" ").includes(column.dataset.drop) ? column : null;
  };
  const hears = {
    dragstart: (event) => { card = of(event, "moves"); if (card) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", card.dataset.drag); } },
    dragover: (event) => { const column = place(event); mark(column); if (column) { event.preventDefault(); } },
    drop: (event) => { const column = place(event); if (column) { event.preventDefault(); told(card.dataset.drag, column.dataset.drop); } mark(null); card = null; },
    dragend: () => { mark(null); card = null; },
  };
  for (const [name, heard] of Object.entries(hears)) { document.addEventListener(name, heard); }
  return () => { for (const [name, heard] of Object.entries(hears)) { document.removeEventListener(name, heard); } };
}

export function render({ model }) {
  const here = () => window.location.search;
  const go = (query) => {
    if (query === here()) { return; }
    const address = window.location.pathname + query;
    if (model.replace) { window.history.replaceState({}, "", address); } else { window.history.pushState({}, "", address); }
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
      model.replace = false;
      go(new URL(link.href).search);
      model.query = here();
      if (link.closest("nav")) { keepFocus(link, `nav a[href="${CSS.escape(link.getAttribute("href"))}"]`); }
    }
  };
  // Buttons and boxes in tables of plain HTML: what they mean is decided in Python.
  const acted = (event) => {
    const one = event.composedPath().find((part) => part instanceof Element && part.dataset && part.dataset.act !== undefined);
    if (!one) { return; }
    const boxed = one instanceof HTMLInputElement || one instanceof HTMLSelectElement;
    if (boxed !== (event.type === "change")) { return; }
    const value = one instanceof HTMLInputElement && one.type === "checkbox" ? one.checked : boxed ? one.value : null;
    const of = one.dataset.of === undefined ? "" : `[data-of="${CSS.escape(one.dataset.of)}"]`;
    keepFocus(one, `[data-act="${CSS.escape(one.dataset.act)}"]${of}`);
    model.send_msg({ act: one.dataset.act, of: one.dataset.of || "", value });
  };
  const popped = () => { model.query = here(); };
  document.addEventListener("click", clicked);
  document.addEventListener("click", acted);
  // A change does not leave the shadow root that it happens in.
  const inside = (event) => {
    const root = event.composedPath()[0].getRootNode();
    if (root instanceof ShadowRoot && !root.hearsChanges) {
      root.hearsChanges = true;
      root.addEventListener("change", acted);
    }
  };
  const dropped = dragging((of, value) => model.send_msg({ act: "move", of, value }));
  document.addEventListener("click", copies);
  document.addEventListener("keydown", searches);
  document.addEventListener("focusin", inside);
  document.addEventListener("pointerdown", inside);
  window.addEventListener("popstate", popped);
  model.on("query", () => { go(model.query); setTimeout(nameBars, 800); });
  model.on("title", () => { document.title = model.title; });
  const root = document.documentElement;
  model.on("dark", () => {
    // panel-material-ui follows this attribute, and so do the variables of the page.
    root.dataset.theme = model.dark ? "dark" : "light";
    document.cookie = THEME + "=" + root.dataset.theme + "; path=/; max-age=31536000; SameSite=Strict";
  });
  model.on("remove", () => {
    document.removeEventListener("click", clicked);
    document.removeEventListener("click", acted);
    dropped();
    document.removeEventListener("click", copies);
    document.removeEventListener("keydown", searches);
    document.removeEventListener("focusin", inside);
    document.removeEventListener("pointerdown", inside);
    window.removeEventListener("popstate", popped);
  });
  // As wide as panel-material-ui lays the sidebar over the page.
  const small = matchMedia("(max-width: 599.95px)");
  const resized = () => { model.narrow = small.matches; };
  small.addEventListener("change", resized);
  model.on("remove", () => small.removeEventListener("change", resized));
  // The page's head has chosen the theme already; what is told before the session listens would be lost.
  const asked = setInterval(() => {
    if (window.Bokeh && window.Bokeh.documents.some((one) => one.is_idle)) {
      clearInterval(asked);
      model.dark = root.dataset.theme === "dark";
      resized();
      // Until Python has closed a sidebar that lies over the page, the page's style hides it.
      setTimeout(() => { root.dataset.sized = ""; }, small.matches ? 800 : 0);
      nameBars();
    }
  }, 50);
}
