// The command palette: Ctrl+K, a few letters, Enter. What there is to choose comes from Python when it is opened.
const CSS_TEXT = `
dialog { border: 1px solid var(--line); border-radius: 12px; padding: 0; width: min(640px, 92vw); margin-top: 12vh; background: var(--card); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; box-shadow: 0 18px 60px rgba(0, 0, 0, .35); }
dialog::backdrop { background: rgba(10, 15, 22, .45); }
input { width: 100%; box-sizing: border-box; border: 0; border-bottom: 1px solid var(--line); padding: 14px 18px; font: inherit; font-size: 16px; background: none; color: inherit; outline: none; }
ul { list-style: none; margin: 0; padding: 6px; max-height: 46vh; overflow: auto; }
li { display: flex; gap: 12px; padding: 7px 12px; border-radius: 7px; cursor: pointer; } li:hover { background: var(--hover); }
li[aria-selected="true"] { background: var(--accent-soft); color: var(--accent); }
.kind { color: var(--muted); font-size: 12.5px; min-width: 66px; padding-top: 2px; } .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
p { margin: 0; padding: 14px 18px; color: var(--muted); }`;
const MOST = 40;

// Every word has to be found; titles that begin with the first one come first.
function matching(entries, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = entries.filter((one) => words.every((word) => `${one.kind} ${one.title}`.toLowerCase().includes(word)));
  const early = (one) => (words.length && one.title.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return fits.map((one, place) => [early(one), place, one]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((row) => row[2]).slice(0, MOST);
}

export function render({ model }) {
  const root = document.createElement("div");
  const style = document.createElement("style");
  style.textContent = CSS_TEXT;
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Command palette");
  const field = document.createElement("input");
  Object.assign(field, { type: "text", placeholder: "Go to a page, an incident, a flow, a service, or do something", autocomplete: "off" });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": "found", "aria-label": "Search", "aria-autocomplete": "list" })) { field.setAttribute(name, value); }
  const list = document.createElement("ul");
  list.id = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  const none = document.createElement("p");
  none.textContent = "Nothing fits.";
  dialog.append(field, list, none);
  root.append(style, dialog);
  let chosen = 0;

  // What links and buttons do is known to the router, so a hidden one is pressed.
  const follow = (one) => {
    const pressed = document.createElement(one.href === undefined ? "button" : "a");
    pressed.hidden = true;
    if (one.href === undefined) { pressed.dataset.act = one.act; pressed.dataset.of = one.of || ""; } else { pressed.href = one.href; pressed.dataset.go = ""; }
    dialog.close();
    root.append(pressed);
    pressed.click();
    pressed.remove();
  };
  const mark = () => {
    [...list.children].forEach((one, place) => {
      one.setAttribute("aria-selected", String(place === chosen));
      if (place === chosen) { field.setAttribute("aria-activedescendant", one.id); one.scrollIntoView({ block: "nearest" }); }
    });
  };
  const show = () => {
    const found = matching(model.entries, field.value);
    list.replaceChildren(...found.map((one, place) => {
      const item = document.createElement("li");
      item.id = `found-${place}`;
      item.setAttribute("role", "option");
      for (const name of ["kind", "title"]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = one[name];
        item.append(part);
      }
      item.addEventListener("click", () => follow(one));
      return item;
    }));
    none.hidden = found.length > 0;
    chosen = 0;
    mark();
  };
  const open = () => {
    if (dialog.open) { return; }
    field.value = "";
    model.send_msg({ opened: true });
    show();
    dialog.showModal();
    field.focus();
  };
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const number = list.children.length;
    if (step && number) { event.preventDefault(); chosen = (chosen + step + number) % number; mark(); }
    if (event.key === "Enter" && number) { event.preventDefault(); list.children[chosen].click(); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) { dialog.close(); } });
  const pressed = (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  };
  document.addEventListener("keydown", pressed);
  model.on("entries", show);
  model.on("asked", open);
  model.on("remove", () => document.removeEventListener("keydown", pressed));
  return root;
}
