// Shows one part in a shadow root, tells Python what was picked in it and which button was pressed.

const PICK = "[data-key]";
const BUTTON = "button[data-action]";

function isDark(wish) {
  if (wish !== "auto") return wish === "dark";
  const { dataset, classList } = document.body;
  if (dataset.jpThemeLight) return dataset.jpThemeLight === "false";
  if (dataset.vscodeThemeKind) return !dataset.vscodeThemeKind.includes("light");
  if (classList.contains("vscode-light")) return false;
  return classList.contains("vscode-dark") || matchMedia("(prefers-color-scheme: dark)").matches;
}

// A name for what has the focus, so that it can have it again after the part was drawn anew.
function nameOf(one) {
  if (!one) return "";
  return one.dataset.key !== undefined
    ? `[data-key="${CSS.escape(one.dataset.key)}"]`
    : one.dataset.action
      ? `[data-action="${CSS.escape(one.dataset.action)}"][data-value="${CSS.escape(one.dataset.value)}"]`
      : "";
}

// Drawings are images for who reads the page; here their boxes and bars are buttons.
function makeButtons(root) {
  for (const svg of root.querySelectorAll("svg:has([data-key])")) svg.setAttribute("role", "group");
  for (const one of root.querySelectorAll(`svg ${PICK}`)) {
    one.setAttribute("role", "button");
    const title = one.querySelector("title");
    one.setAttribute("aria-label", title ? title.textContent.replaceAll("\n", ", ") : one.dataset.key);
  }
}

function render({ model, el }) {
  const host = document.createElement("div");
  el.replaceChildren(host);
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  const body = document.createElement("div");
  const wrong = document.createElement("p");
  wrong.setAttribute("role", "alert");
  wrong.className = "box wrong";
  body.setAttribute("role", "region");
  root.append(style, body, wrong);
  let asked = 0;

  const themed = () => (host.dataset.theme = isDark(model.get("theme")) ? "dark" : "light");
  const tell = () => {
    wrong.textContent = model.get("error");
    wrong.hidden = !wrong.textContent;
  };
  const mark = () => {
    const chosen = model.get("selected");
    const all = [...body.querySelectorAll(PICK)];
    const first = all.find((one) => one.dataset.key === chosen) ?? all[0];
    for (const one of all) {
      one.setAttribute("aria-pressed", String(chosen !== "" && one.dataset.key === chosen));
      // One stop for the Tab key; the arrows go on from there.
      one.setAttribute("tabindex", one === first ? "0" : "-1");
    }
  };
  const draw = () => {
    const focus = nameOf(root.activeElement);
    const open = [...body.querySelectorAll("details")].map((one) => one.open);
    const moved = [...body.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
    style.textContent = model.get("css");
    body.setAttribute("aria-label", model.get("label"));
    body.innerHTML = model.get("html");
    makeButtons(body);
    mark();
    body.querySelectorAll("details").forEach((one, place) => (one.open = open[place] ?? one.open));
    body.querySelectorAll(".scroll").forEach((one, place) => (one.scrollLeft = moved[place] ?? 0));
    if (focus) body.querySelector(focus)?.focus({ preventScroll: true });
  };
  const answered = () => {
    asked = 0;
    body.removeAttribute("aria-busy");
    for (const one of body.querySelectorAll(BUTTON)) one.disabled = false;
  };

  const pick = (key) => {
    model.set("selected", model.get("selected") === key ? "" : key);
    model.save_changes();
    mark();
  };
  const press = (button) => {
    if (asked) return;
    asked = 1;
    body.setAttribute("aria-busy", "true");
    button.disabled = true;
    model.send({ action: button.dataset.action, value: button.dataset.value });
  };
  const step = (from, by) => {
    const all = [...body.querySelectorAll(PICK)];
    const place = by === "first" ? 0 : by === "last" ? all.length - 1 : all.indexOf(from) + by;
    const next = all[Math.max(0, Math.min(all.length - 1, place))];
    for (const one of all) one.setAttribute("tabindex", one === next ? "0" : "-1");
    next.focus();
  };

  body.addEventListener("click", (event) => {
    const button = event.target.closest(BUTTON);
    const found = event.target.closest(PICK);
    if (button) press(button);
    else if (found) pick(found.dataset.key);
  });
  body.addEventListener("keydown", (event) => {
    // The notebook has shortcuts of its own on plain keys, such as D twice for "delete the cell".
    event.stopPropagation();
    const found = event.target.closest(PICK);
    if (!found || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: "first", End: "last" };
    if (event.key in steps) step(found, steps[event.key]);
    else if (event.key === "Escape" && model.get("selected")) pick(model.get("selected"));
    else if (found instanceof SVGElement && (event.key === "Enter" || event.key === " ")) pick(found.dataset.key);
    else return;
    event.preventDefault();
  });

  const watched = { html: draw, selected: mark, theme: themed, error: tell, answered };
  for (const [name, follow] of Object.entries(watched)) model.on(`change:${name}`, follow);
  const observer = new MutationObserver(themed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-vscode-theme-kind"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", themed);
  themed();
  draw();
  tell();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", themed);
    for (const [name, follow] of Object.entries(watched)) model.off(`change:${name}`, follow);
  };
}

export default { render };
