/** What the canvas and its host hand to each other. The Python classes of the same names are the source of each shape. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Settings = Record<string, Json>;

/** `workbench.flow.graph.FlowNode`. */
export interface FlowNode {
  id: string;
  kind: string;
  settings?: Settings;
  position?: [number, number] | null;
}

/** `workbench.flow.graph.FlowEdge`; the port is `rows` when it is not named. */
export interface FlowEdge {
  source: string;
  target: string;
  port?: string;
}

/** A sheet of text on the canvas; means nothing to a run. */
export interface FlowNote {
  id: string;
  text: string;
  position: [number, number];
  size?: [number, number];
  color?: string;
}

/** Nodes that belong together; means nothing to a run. */
export interface FlowGroup {
  id: string;
  title: string;
  nodes: string[];
  color?: string;
  collapsed?: boolean;
}

/** Nodes, wires and what is drawn around them: the flow itself, or one of its parts. */
export interface Graph {
  nodes?: FlowNode[];
  edges?: FlowEdge[];
  notes?: FlowNote[];
  groups?: FlowGroup[];
}

/** Where rows that come into a part go: entries of one name are one input. */
export interface PartInput {
  name: string;
  node: string;
  port?: string;
}

/** `workbench.flow.parts.FlowPart`: a flow inside of a flow, used by nodes of kind `flow:NAME`. */
export interface FlowPart extends Graph {
  inputs?: PartInput[];
  /** The node whose rows come out; none for a part that only writes. */
  output?: string;
}

/** `workbench.flow.graph.Flow`: the document. Unknown keys are kept. */
export interface Flow extends Graph {
  name: string;
  description?: string;
  parts?: Record<string, FlowPart>;
  run?: Record<string, Json>;
}

/** `workbench.flow.node.Port`. */
export interface Port {
  name: string;
  required: boolean;
  many: boolean;
}

/** JSON Schema as pydantic writes it, with our formats: column, new-column, expression, secret, sql, code, input-file, input-path, output-file. */
export interface Schema {
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  default?: Json;
  enum?: Json[];
  const?: Json;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  minProperties?: number;
  pattern?: string;
  prefixItems?: Schema[];
  discriminator?: { propertyName: string; mapping?: Record<string, string> };
  /** The input port that a column is picked from; empty means any. */
  port?: string;
}

/** `workbench.flow.node.NodeType`: one entry of the palette. */
export interface NodeType {
  kind: string;
  group: string;
  title: string;
  summary: string;
  description: string;
  inputs: Port[];
  /** Whether rows come out. */
  output: boolean;
  delivery: string;
  formerly: string[];
  settings: Schema;
  /** True for a node whose connection can be tried. */
  testable?: boolean;
  /** What has to be installed for it: `pip install 'causeway[EXTRA]'`. */
  extra?: string;
  example?: Example | null;
}

/** `workbench.flow.example.Grid`: some rows; values as they would stand in a file. */
export interface Grid {
  columns: Record<string, string>;
  rows: Json[][];
}

/** `workbench.flow.example.Example`: settings, rows in by port, rows out, and what is there before and afterwards by path. */
export interface Example {
  settings: Settings;
  inputs: Record<string, Grid[]>;
  /** None of a sink, and of a node whose example is no more than settings. */
  output: Grid | null;
  files: Record<string, string>;
  /** What others send: the path of a request and its body, or `udp` and a datagram. */
  sent: Record<string, string>;
  leaves: Record<string, string>;
}

/** `workbench.flow.findings.Finding`. */
export interface Finding {
  /** Empty when it is about the whole flow. */
  node: string;
  field?: string;
  code: string;
  message: string;
  hint?: string;
  severity: "error" | "warning";
  source?: string;
  start?: number | null;
  end?: number | null;
}

/** `workbench.flow.columns.ColumnSchema`. */
export interface Column {
  name: string;
  type: string;
  nullable: boolean;
}

/** `workbench.flow.columns.NodeSchema`. */
export interface NodeColumns {
  inputs: Record<string, Column[][]>;
  output: Column[] | null;
  assumed: boolean;
}

export type RunState = "pending" | "starting" | "running" | "stopping" | "stopped" | "succeeded" | "failed";

/** What a run does, shown over the document and never written into it. */
export interface NodeOverlay {
  state?: RunState | "waiting" | "error";
  rows_in?: number;
  rows_out?: number;
  rows_per_s?: number;
  errors?: number;
  lag_ms?: number | null;
  last_error?: string;
  /** The latest rates, oldest first, for a sparkline. */
  history?: number[];
  /** Shown under the title in place of the settings. */
  caption?: string;
  /** What became of it between two versions; a removed one is drawn as a ghost. */
  mark?: Mark;
}

/** Green, red and amber of a comparison of two versions. */
export type Mark = "added" | "removed" | "changed";

export interface EdgeOverlay {
  rows_per_s?: number;
  mark?: Mark;
}

export interface Overlay {
  /** `part` says which part of the flow it is of, in words; all of it when there is none. */
  run?: { id?: string; state: RunState; reason?: string; part?: string };
  nodes?: Record<string, NodeOverlay>;
  /** By `source>target.port`, see `edgeId`. */
  edges?: Record<string, EdgeOverlay>;
}

/** `workbench.tools.preview.Preview`: the first rows of a node. */
export interface Preview {
  node: string;
  columns: Column[];
  rows: Record<string, Json>[];
  total: number;
  errors?: string[];
  /** What was not read, and why. */
  notes?: string[];
}

export type Theme = "light" | "dark";

/**
 * What the canvas asks its host for. Each name is a tool of the workbench; the host calls it and answers with its result.
 * A refused call rejects with an Error whose message is a sentence for people.
 */
export interface Host {
  call<T = unknown>(tool: string, args?: Record<string, unknown>): Promise<T>;
  /** False where there is no workbench behind (an exported page): what needs calls is then not offered. */
  readonly live: boolean;
}

export interface EditorOptions {
  flow: Flow;
  catalog: NodeType[];
  host?: Host;
  overlay?: Overlay;
  theme?: Theme;
  readonly?: boolean;
  /** A document that stands in for drafts: its name is the key under which an unsaved draft is kept in the browser. */
  draftKey?: string;
  /** Write every change to the workspace as the draft of the flow; needs a live host. */
  autosave?: boolean;
  onChange?: (flow: Flow) => void;
  onSelect?: (nodes: string[]) => void;
  /** The user asked for something that the host does: save, run, stop, export, open. */
  onCommand?: (command: string, args?: Record<string, unknown>) => void;
}

export interface Editor {
  setFlow(flow: Flow): void;
  setCatalog(catalog: NodeType[]): void;
  setOverlay(overlay: Overlay): void;
  setTheme(theme: Theme): void;
  setReadonly(readonly: boolean): void;
  select(nodes: string[]): void;
  undo(): void;
  redo(): void;
  flow(): Flow;
  destroy(): void;
}

export const portOf = (edge: FlowEdge): string => edge.port ?? "rows";
export const edgeId = (edge: FlowEdge): string => `${edge.source}>${edge.target}.${portOf(edge)}`;
