/** A path: files and folders beside the flow are offered while one types; any other can be typed as well. */

import { useContext, useEffect, useState } from "react";

import { EditorContext } from "../../document/context";
import { Combo, type Offer } from "./combo";
import { idOf, placeholderOf, useScope, type ControlProps } from "./scope";

/** `workbench.tools.flow_paths.FlowPaths`. */
interface FlowPaths {
  paths: { path: string; size_bytes: number | null }[];
}

export function PathInput(props: ControlProps) {
  const scope = useScope();
  const { schema, value, onChange } = props;
  const typed = typeof value === "string" ? value : "";
  const emptied = schema.default === null || schema.default === "" ? undefined : "";
  return (
    <Combo
      id={idOf(scope, props.path)}
      label={props.label}
      value={typed}
      offers={usePaths(typed.slice(0, typed.lastIndexOf("/") + 1))}
      placeholder={placeholderOf(schema.default)}
      describedBy={props.describedBy}
      invalid={props.invalid}
      disabled={scope.readonly}
      goesOn={(path) => path.endsWith("/")}
      onChange={(text) => onChange(text === "" ? emptied : text)}
    />
  );
}

/** What lies in a folder, asked anew when another one is typed. */
function usePaths(folder: string): Offer[] {
  const { host } = useScope();
  const flow = useContext(EditorContext)?.flow.name ?? "";
  const [found, setFound] = useState<{ folder: string; offers: Offer[] }>({ folder: "", offers: [] });
  useEffect(() => {
    if (!host.live) return undefined;
    let here = true;
    host.call<FlowPaths>("flow_paths", { flow, typed: folder }).then(
      ({ paths }) => here && setFound({ folder, offers: paths.map(({ path, size_bytes }) => ({ value: path, detail: size_bytes === null ? "folder" : sized(size_bytes) })) }),
      // A path can be typed without help; what is wrong with it is said by the check.
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [host, flow, folder]);
  return found.folder === folder ? found.offers : [];
}

export function sized(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const size = bytes / 1000 ** step;
  return `${size < 10 && step > 0 ? size.toFixed(1) : Math.round(size)} ${units[step] ?? ""}`;
}
