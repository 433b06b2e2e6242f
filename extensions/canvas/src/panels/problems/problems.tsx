/** What is wrong with the flow: a list by severity; each leads to its node and field, some mend themselves. */

import type { Outside } from "../../document/outside";
import type { Finding } from "../../types";
import { Icon } from "../../view/icons";
import { sentence } from "../schema/findings";
import type { Fix } from "./fixes";

interface Props {
  findings: readonly Finding[];
  check: Outside["check"];
  unchecked: string;
  fixOf: (finding: Finding) => Fix | null;
  readonly: boolean;
  jump: (finding: Finding) => void;
  fix: (finding: Finding, fix: Fix) => void;
  fixAll: () => void;
}

/** What is said where no problem is listed: that nothing was found is only known after a look. */
const NONE = { none: "Not checked: a flow that is only shown is not looked at.", first: "Checking the flow …", done: "Nothing to mend." } as const;

export function Problems({ findings, check, unchecked, fixOf, readonly, jump, fix, fixAll }: Props) {
  const failed = unchecked && (
    <p className="cw-none" role="alert">
      The check gave no answer: {unchecked}
    </p>
  );
  if (findings.length === 0) return failed || <p className="cw-none" role="status">{NONE[check]}</p>;
  const groups = [
    { title: "Errors", severity: "error" },
    { title: "Warnings", severity: "warning" },
  ].map((group) => ({ ...group, findings: findings.filter((one) => one.severity === group.severity) }));
  const mends = findings.filter((one) => fixOf(one) !== null).length;
  return (
    <div className="cw-problems">
      {failed}
      {mends > 1 && !readonly && (
        <button type="button" className="cw-push cw-problems-all" onClick={fixAll}>
          Fix all {mends}
        </button>
      )}
      {groups.map(({ title, severity, findings: some }) => {
        if (some.length === 0) return null;
        return (
          <section key={severity} aria-label={title}>
            <h3>
              {title} <small>{some.length}</small>
            </h3>
            <ul>
              {some.map((finding, index) => (
                <Row key={index} finding={finding} mend={readonly ? null : fixOf(finding)} jump={jump} fix={fix} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function Row({ finding, mend, jump, fix }: { finding: Finding; mend: Fix | null; jump: Props["jump"]; fix: Props["fix"] }) {
  const place = [finding.node, finding.field].filter(Boolean).join(" · ") || "flow";
  return (
    <li className={`is-${finding.severity}`}>
      <button type="button" className="cw-problem" onClick={() => jump(finding)} disabled={finding.node === ""}>
        <Icon name={finding.severity === "error" ? "error" : "warning"} />
        <span className="cw-problem-place">{place}</span>
        <span className="cw-problem-text">{sentence(finding)}</span>
      </button>
      {mend && (
        <button type="button" className="cw-push" onClick={() => fix(finding, mend)} aria-label={`${mend.label}: ${place}`}>
          {mend.label}
        </button>
      )}
    </li>
  );
}
