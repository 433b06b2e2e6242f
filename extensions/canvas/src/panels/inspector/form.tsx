/** The settings of a node as a form, made of its JSON Schema alone. */

import { useId, useMemo, useState } from "react";

import type { Finding, Host, Json, NodeColumns, NodeType, Settings } from "../../types";
import { Icon } from "../../view/icons";
import { Field } from "../form/field";
import { FormScope, type Scope } from "../form/scope";
import { within } from "../schema/findings";
import { changedIn, defsOf, sectionsOf, type Section } from "../schema/sections";

export interface FormProps {
  node: string;
  type: NodeType;
  settings: Settings;
  columns?: NodeColumns | undefined;
  findings: Finding[];
  host: Host;
  readonly?: boolean;
  /** Settings that several nodes have different values of. */
  mixed?: ReadonlySet<string>;
  onChange: (name: string, value: Json | undefined) => void;
}

export function Form(props: FormProps) {
  const { node, type, columns, findings, host, readonly = false } = props;
  const prefix = useId();
  const scope = useMemo<Scope>(
    () => ({ node, kind: type.kind, prefix, defs: defsOf(type), columns, findings, host, readonly }),
    [node, type, prefix, columns, findings, host, readonly],
  );
  const sections = useMemo(() => sectionsOf(type), [type]);
  if (sections.length === 0) return <p className="cw-none">This node has nothing to set.</p>;
  return (
    <FormScope value={scope}>
      {sections.map((section) => (
        <FormSection key={section.name} section={section} alone={sections.length === 1} {...props} />
      ))}
    </FormScope>
  );
}

/** Only what has good defaults is folded; not when something in it was changed or is wrong. */
function FormSection({ section, alone, settings, findings, mixed, onChange }: FormProps & { section: Section; alone: boolean }) {
  const changed = changedIn(section, settings);
  const wrong = section.settings.some(({ name }) => within(findings, name).length > 0);
  const [opened, setOpened] = useState<boolean | null>(null);
  const folds = section.name === "advanced" && !alone;
  const open = !folds || (opened ?? (changed > 0 || wrong));
  const title = alone ? "" : section.title;
  return (
    <fieldset className="cw-section">
      {title && (
        <legend>
          {folds ? (
            <button type="button" className="cw-fold" aria-expanded={open} onClick={() => setOpened(!open)}>
              <Icon name="chevron" size={13} />
              {title}
              <small>{changed > 0 ? `${changed} of ${section.settings.length} changed` : `${section.settings.length}, as by default`}</small>
            </button>
          ) : (
            title
          )}
        </legend>
      )}
      {open &&
        section.settings.map(({ name, schema, required }) => (
          <div key={name}>
            <Field schema={schema} path={name} name={name} value={settings[name]} required={required && !mixed?.has(name)} onChange={(value) => onChange(name, value)} />
            {mixed?.has(name) && <p className="cw-field-warning">The selected nodes have different values; what is set here is set in all.</p>}
          </div>
        ))}
    </fieldset>
  );
}
