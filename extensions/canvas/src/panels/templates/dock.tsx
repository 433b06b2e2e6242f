/** The tab with templates, import and export. */

import { useEffect, useState } from "react";

import { useEditor } from "../../document/context";
import { flowText } from "../../document/text";
import type { Flow } from "../../types";
import { download, readFlow } from "./files";
import { TemplatesView, type Template } from "./templates";

interface FlowEntry {
  name: string;
  description: string;
  sample?: boolean;
}

const NOTHING = { text: "", bad: false };

export function TemplatesDock() {
  const store = useEditor();
  const { host, readonly } = store.outside;
  const [templates, setTemplates] = useState<Template[] | null>(host.live ? null : []);
  const [said, setSaid] = useState(NOTHING);
  useEffect(() => {
    if (!host.live) return undefined;
    let here = true;
    const read = async (): Promise<void> => {
      const all = await host.call<FlowEntry[]>("flow_list");
      const samples = all.filter((one) => one.sample).map((one): Template => ({ name: one.name, description: one.description, flow: null }));
      if (here) setTemplates(samples);
      const whole = await Promise.all(samples.map(async (one) => ({ ...one, flow: JSON.parse(await host.call<string>("flow_show", { flow: one.name })) as Flow })));
      if (here) setTemplates(whole);
    };
    read().catch((error: unknown) => here && setSaid(bad(error)));
    return () => {
      here = false;
    };
  }, [host]);
  const take = (flow: Flow, label: string): void => {
    store.editFlow(label, (now) => ({ ...flow, name: now.name }));
    setSaid({ text: `${label}. Ctrl+Z takes it back.`, bad: false });
  };
  const save = async (as: "json" | "python" | "container"): Promise<void> => {
    const { flow } = store;
    setSaid(NOTHING);
    if (as === "json") download(`${flow.name}.flow.json`, flowText(flow), "application/json");
    else if (as === "container") store.command("export-container");
    else {
      const text = await host.call<string>("flow_script", { flow: flow.name, document: JSON.stringify(flow) });
      download(`${flow.name.replace(/[^A-Za-z0-9_]+/g, "_")}.py`, text, "text/x-python");
    }
  };
  return (
    <TemplatesView
      templates={templates}
      kinds={store.kinds}
      readonly={readonly}
      replaces={(store.flow.nodes ?? []).length > 0}
      said={said}
      use={({ flow, name }) => flow && take(flow, `Begun with ${name}`)}
      open={(text) => {
        const flow = readFlow(text);
        if (typeof flow === "string") setSaid({ text: flow, bad: true });
        else take(flow, `Opened ${flow.name ?? "a file"}`);
      }}
      save={(as) => void save(as).catch((error: unknown) => setSaid(bad(error)))}
    />
  );
}

const bad = (error: unknown): { text: string; bad: boolean } => ({ text: error instanceof Error ? error.message : String(error), bad: true });
