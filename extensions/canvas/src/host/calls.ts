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
  /** Kind of the error, for programs: `not-watched`. */
  code?: string;
}

const isAnswer = (message: unknown): message is Answer =>
  typeof message === "object" && message !== null && typeof (message as Answer).call === "number";

/** The other side of the channel answers `{call, tool, args}` with `{call, result}` or `{call, error, code}`. */
export function hostOf(channel: Channel): Host {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  channel.receive((message) => {
    if (!isAnswer(message)) return;
    const asked = waiting.get(message.call);
    waiting.delete(message.call);
    if (message.error !== undefined) asked?.reject(refused(message.error, message.code));
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

/** An error with a sentence for people and a code for programs. */
export const refused = (sentence: string, code?: string): Error => Object.assign(new Error(sentence), { code });

export const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? "");

/** A host with nothing behind it. */
export const NO_HOST: Host = { live: false, call: () => Promise.reject(new Error("There is no workbench behind this page.")) };
