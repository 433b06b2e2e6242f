import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { createMap } from "../src/map/create";
import type { ServiceMap } from "../src/map/graph";
import { HEIGHT, placed, scaled, smooth, WIDTH } from "../src/map/layout";

const service = (id: string, state: ServiceMap["services"][number]["state"]) => ({ id, state, said: `${id}: ${state}`, href: `?page=services&service=${id}` });
const SHOP: ServiceMap = {
  name: "Call graph of 4 services",
  services: [service("web", "affected"), service("pay", "cause"), service("cart", "healthy"), { id: "db", state: "unknown", said: "db: not known" }],
  calls: [
    { source: "web", target: "pay", failing: true, label: "1,204", failed: "42 % failed", bad: true, said: "web calls pay" },
    { source: "web", target: "cart", label: "88", said: "web calls cart" },
    { source: "pay", target: "db", said: "pay calls db" },
    { source: "db", target: "web", said: "db calls web, and closes a circle" },
    { source: "web", target: "elsewhere", said: "not drawn" },
  ],
};

test("services stand right of who calls them, a circle cut where the first begins, apart from each other, in the order in which they are read", () => {
  const { services, calls } = placed(SHOP);

  expect(services[0]?.service.id).toBe("web");
  expect(services.at(-1)?.service.id).toBe("db");
  for (const one of services) for (const other of services) if (one !== other) expect(Math.abs(one.x - other.x) >= WIDTH || Math.abs(one.y - other.y) >= HEIGHT).toBe(true);
  expect(calls.map(({ call }) => call.target)).toEqual(["pay", "cart", "db", "web"]);
});

test("what is written on a call has room between the services", () => {
  const { services, calls } = placed(SHOP);

  const label = calls[0]?.label ?? { x: 0, y: 0 };
  const at = (id: string) => services.find((one) => one.service.id === id) ?? { x: 0, y: 0 };
  expect(label.x).toBeGreaterThan(at("web").x + WIDTH + 30);
  expect(label.x).toBeLessThan(at("pay").x - 30);
});

test("a map is drawn smaller to be seen whole, but not smaller than it can be read", () => {
  const drawing = placed(SHOP);

  expect(scaled(drawing, drawing.width * 2)).toEqual({ zoom: 1, whole: true });
  expect(scaled(drawing, drawing.width * 0.8)).toEqual({ zoom: 0.8, whole: true });
  expect(scaled(drawing, drawing.width * 0.3)).toEqual({ zoom: 0.6, whole: false });
  expect(scaled(drawing, 0)).toEqual({ zoom: 1, whole: true });
});

test("a way is level at each of its points", () => {
  expect(smooth([{ x: 0, y: 0 }, { x: 10, y: 4 }, { x: 20, y: 4 }])).toBe("M0,0 C5,0 5,4 10,4 C15,4 15,4 20,4");
  expect(smooth([])).toBe("");
});

test("a map says states in words, leads to services, and has nothing that edits", async () => {
  const place = document.createElement("div");
  document.body.append(place);

  const map = await act(async () => createMap(place, { map: SHOP, theme: "dark" }));

  const inside = within(place);
  const links = await inside.findAllByRole("link", { hidden: true });
  expect(links.filter((one) => one.hasAttribute("data-go")).map((one) => [one.getAttribute("title"), one.getAttribute("href")])).toEqual(
    placed(SHOP).services.flatMap(({ service: { href, said } }) => (href ? [[said, href]] : [])),
  );
  expect(inside.getByRole("list", { name: "Colours" }).textContent).toBe(" Cause Affected Healthy Not known Failing path");
  expect([...place.querySelectorAll(".cw-calls > path.is-failing title")].map((one) => one.textContent)).toEqual(["web calls pay"]);
  expect([...place.querySelectorAll(".cw-call")].map((one) => one.textContent)).toEqual(["88", "1,20442 % failed"]);
  expect(inside.getAllByRole("button").map((one) => one.getAttribute("aria-label"))).toEqual(["Smaller", "Larger", "Show all"]);
  expect(place.querySelectorAll("input, textarea, .react-flow__handle, .react-flow__node:is(.draggable, .selectable)")).toHaveLength(0);
  expect(place.querySelector(".cw-map")?.classList).toContain("is-dark");

  await act(async () => map.setMap({ ...SHOP, services: [service("web", "healthy")] }));
  expect(await screen.findByTitle("web: healthy")).toBeTruthy();
  expect(place.querySelectorAll(".cw-service")).toHaveLength(1);
  await act(async () => map.destroy());
  expect(place.childElementCount).toBe(0);
});

test("where a service can be picked it is a button that tells its id, and lets go when it is pressed again or by Escape", async () => {
  const place = document.createElement("div");
  document.body.append(place);
  const told: string[] = [];

  const map = await act(async () => createMap(place, { map: SHOP, onPick: (id) => told.push(id) }));
  const pay = () => [...place.querySelectorAll<HTMLButtonElement>("button.cw-service")].find((one) => one.title === "pay: cause") ?? place.querySelector("button")!;
  expect([place.querySelectorAll("button.cw-service").length, place.querySelectorAll("a.cw-service").length, pay().getAttribute("aria-pressed")]).toEqual([4, 0, "false"]);
  fireEvent.click(pay());
  await act(async () => map.setSelected("pay"));
  expect(pay().getAttribute("aria-pressed")).toBe("true");
  fireEvent.click(pay());
  fireEvent.keyDown(pay(), { key: "Escape" });
  await act(async () => map.setSelected(""));
  fireEvent.keyDown(pay(), { key: "Escape" });

  expect(told).toEqual(["pay", "", ""]);
  act(() => map.destroy());
});

test("states may have other words than on an incident", async () => {
  const place = document.createElement("div");
  document.body.append(place);

  const map = await act(async () => createMap(place, { map: { ...SHOP, words: { cause: "Bad", failing: "Calls that fail" } } }));

  expect([...place.querySelectorAll(".cw-legend li")].map((one) => one.textContent?.trim())).toEqual(["Bad", "Affected", "Healthy", "Not known", "Calls that fail"]);
  act(() => map.destroy());
});
