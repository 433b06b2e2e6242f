/** The node editor's bundle, as far as a document needs it; `extensions/canvas/src/types.ts` has the whole of it. */

export type Flow = Record<string, unknown> & { name: string; nodes?: unknown[]; edges?: unknown[] };

export interface Host {
  call<T = unknown>(tool: string, args?: Record<string, unknown>): Promise<T>;
  readonly live: boolean;
}

export interface Editor {
  setFlow(flow: Flow): void;
  setOverlay(overlay: object): void;
  setTheme(theme: 'light' | 'dark'): void;
  undo(): void;
  redo(): void;
  flow(): Flow;
  destroy(): void;
}

export interface EditorOptions {
  flow: Flow;
  catalog: unknown[];
  host: Host;
  theme: 'light' | 'dark';
  onChange(flow: Flow): void;
  onCommand(command: string, args?: Record<string, unknown>): void;
}

declare const canvas: {
  createEditor(element: HTMLElement, options: EditorOptions): Editor;
  /** The flow as Python writes it, so that a change is a small difference. */
  flowText(flow: Flow): string;
};
export default canvas;
