// @vitest-environment node
import { expect, test } from "vitest";

import { codeOf, hostOf } from "../src/host/calls";

function pair() {
  const sent: { call: number; tool: string; args: object }[] = [];
  let told: (message: unknown) => void = () => undefined;
  const host = hostOf({ send: (message) => sent.push(message as never), receive: (listener) => (told = listener) });
  return { host, sent, answer: (message: unknown) => told(message) };
}

test("answers find their call, in any order", async () => {
  const { host, sent, answer } = pair();
  const first = host.call("flow_check", { flow: "a" });
  const second = host.call("secrets");
  answer({ call: 2, result: ["x"] });
  answer({ call: 1, result: { findings: [] } });
  expect(sent.map((one) => one.tool)).toEqual(["flow_check", "secrets"]);
  expect(await second).toEqual(["x"]);
  expect(await first).toEqual({ findings: [] });
});

test("a refusal says why", async () => {
  const { host, answer } = pair();
  const call = host.call("flow_show", { flow: "none" });
  answer({ call: 1, error: "no flow 'none'", code: "not-found" });
  const error = await call.catch((reason: unknown) => reason);
  expect([(error as Error).message, codeOf(error)]).toEqual(["no flow 'none'", "not-found"]);
});
