/** The tab with the versions of the flow. */

import { useCallback, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

import { useEditor } from "../../document/context";
import type { Flow } from "../../types";
import { compare, versionsOf, type FlowDraft, type FlowVersion, type SavedFlow } from "./calls";
import { Compare, type Comparison } from "./compare";
import { VersionsView } from "./versions";

const NOTHING = { text: "", bad: false };

export function VersionsDock() {
  const store = useEditor();
  const { host, catalog, theme, readonly } = store.outside;
  const { name } = store.flow;
  const box = useRef<HTMLDivElement>(null);
  const [versions, setVersions] = useState<FlowVersion[] | null>(null);
  const [draft, setDraft] = useState<FlowDraft | null>(null);
  const [said, setSaid] = useState(NOTHING);
  const [busy, setBusy] = useState(false);
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const look = useCallback(async () => {
    setVersions(await versionsOf(host, name));
    setDraft(await host.call<FlowDraft>("flow_draft", { flow: name }).catch(() => null));
  }, [host, name]);
  const tried = async (work: () => Promise<string>): Promise<void> => {
    setBusy(true);
    try {
      setSaid({ text: await work(), bad: false });
      await look();
    } catch (error) {
      setSaid({ text: error instanceof Error ? error.message : String(error), bad: true });
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (host.live) void tried(async () => "");
  }, [host, name]);
  if (!host.live) return <p className="cw-none">There is no workbench behind this page that keeps versions.</p>;
  const save = (message: string): Promise<void> =>
    tried(async () => {
      const saved = await host.call<SavedFlow>("flow_save", { flow: name, message, document: JSON.stringify(store.flow) });
      return `${saved.is_new ? `Saved version ${saved.version.version}.` : `Nothing has changed since version ${saved.version.version}.`}${saved.merged ? " Changes of others are in it as well." : ""}`;
    });
  const restore = (version: number): Promise<void> =>
    tried(async () => {
      const saved = await host.call<SavedFlow>("flow_restore", { flow: name, version });
      const text = await host.call<string>("flow_show", { flow: name });
      store.editFlow(`Restore version ${version}`, () => JSON.parse(text) as Flow);
      return `Version ${version} is back as version ${saved.version.version}.${saved.kept ? ` Your unsaved changes are kept as version ${saved.kept.version}.` : ""}`;
    });
  const root = box.current?.closest(".cw-root");
  return (
    <div ref={box}>
      <VersionsView
        versions={versions}
        draft={draft}
        said={said}
        readonly={readonly}
        busy={busy}
        save={(message) => void save(message)}
        restore={(version) => void restore(version)}
        compare={(before, after) =>
          void tried(async () => {
            setComparison(await compare(host, name, before, after));
            return "";
          })
        }
      />
      {comparison && root && createPortal(<Compare comparison={comparison} catalog={catalog} theme={theme} close={() => setComparison(null)} />, root)}
    </div>
  );
}
