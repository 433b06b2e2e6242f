/** Calls to the workbench over a channel of messages: each has a number, and its answer comes back with it. */

import type { Host } from "../types";

export interface Channel {
  send(message: object): void;
  receive(told: (message: unknown) => void): void;
}

interface Answer {
  call: number;
  result?: unknown;
  error?: string;
}

const isAnswer = (message: unknown): message is Answer =>
  typeof message === "object" && message !== null && typeof (message as Answer).call === "number";

/** The other side of the channel answers `{call, tool, args}` with `{call, result}` or `{call, error}`. */
export function hostOf(channel: Channel): Host {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  channel.receive((message) => {
    if (!isAnswer(message)) return;
    const asked = waiting.get(message.call);
    waiting.delete(message.call);
    if (message.error !== undefined) asked?.reject(new Error(message.error));
    else asked?.resolve(message.result as never);
  });
  return {
    live: true,
    call: (tool, args = {}) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        channel.send({ call: last, tool, args });
      }),
  };
}

/** A host with nothing behind it. */
export const NO_HOST: Host = { live: false, call: () => Promise.reject(new Error("There is no workbench behind this page.")) };
