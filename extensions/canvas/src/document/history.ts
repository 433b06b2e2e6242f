/** The document and what it was before: every change is one step that can be taken back. */

import type { Flow } from "../types";

const MOST_STEPS = 500;

interface Step {
  flow: Flow;
  label: string;
  /** Steps of one kind that follow each other closely are one: a drag, a burst of typing. */
  burst: string;
  at: number;
}

const BURST_MS = 800;

export class History {
  private past: Step[] = [];
  private future: Step[] = [];
  private listeners = new Set<() => void>();
  private current: Flow;

  constructor(flow: Flow) {
    this.current = flow;
  }

  get flow(): Flow {
    return this.current;
  }

  /** What the next undo takes back, in words; empty when there is nothing. */
  get undoable(): string {
    return this.past.at(-1)?.label ?? "";
  }

  get redoable(): string {
    return this.future.at(-1)?.label ?? "";
  }

  /** Make a change. With a `burst`, changes of the same burst within a moment are one step. */
  commit(flow: Flow, label: string, burst = "", now = Date.now()): void {
    if (flow === this.current) return;
    const last = this.past.at(-1);
    if (burst && last?.burst === burst && now - last.at < BURST_MS && this.future.length === 0) last.at = now;
    else this.past.push({ flow: this.current, label, burst, at: now });
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
    this.current = flow;
    this.tell();
  }

  /** Take a document from outside; what was done before cannot be taken back any more. */
  replace(flow: Flow): void {
    this.past = [];
    this.future = [];
    this.current = flow;
    this.tell();
  }

  undo(): string {
    return this.move(this.past, this.future);
  }

  redo(): string {
    return this.move(this.future, this.past);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private move(from: Step[], to: Step[]): string {
    const step = from.pop();
    if (!step) return "";
    to.push({ ...step, flow: this.current, burst: "" });
    this.current = step.flow;
    this.tell();
    return step.label;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
