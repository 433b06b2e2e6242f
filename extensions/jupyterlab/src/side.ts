/** The panel at the left: incidents, runs and services of the workspace. */

import { Widget } from '@lumino/widgets';

import { call } from './calls';
import { latest, type Run } from './runs';

export interface Incident {
  incident_id: string;
  title: string;
  state: string;
  severity: string;
  service_name: string;
  opened_unix_nano: number;
}

export interface Does {
  openIncident(id: string): void;
  openEvidence(id: string, incident: string): void;
  openRun(id: string, flow: string): void;
  openService(name: string): void;
  sendIncident(id: string): void;
  sendEvidence(id: string, incident: string): void;
  sendRun(id: string): void;
}

interface Evidence {
  evidence_id: string | null;
  summary: string;
  supports: boolean;
}

/** As much as is needed of `workbench.report.content.ReportContent`. */
interface Content {
  causes: { service_name: string; evidence: Evidence[] }[];
}

interface Service {
  service_name: string;
  health: string;
  /** In words; empty when it is as ever. */
  why: string;
}

const MOST = 30;
const WORDS: Record<string, string> = { good: 'as ever', quiet: 'nothing was heard lately' };
const clock = (nanos: number): string =>
  new Date(nanos / 1e6).toISOString().slice(5, 16).replace('T', ' ');

export class SidePanel extends Widget {
  private shown = '';
  private runs: Run[] = [];
  /** Incidents whose evidence is shown, and what it is as HTML. */
  private readonly opened = new Map<string, string>();
  /** How incidents and reports stood when the evidence of each was asked for; it is asked for again once they changed. */
  private readonly asked = new Map<string, string>();

  constructor(private readonly does: Does) {
    super();
    this.addClass('cwl-Side');
    this.node.setAttribute('aria-label', 'Causeway');
    this.node.addEventListener('click', event => this.pressed(event));
  }

  protected onAfterShow(): void {
    void this.refresh();
  }

  /** Ask again, and draw only what changed: a list that jumps cannot be clicked. */
  async refresh(): Promise<void> {
    let html: string;
    try {
      if (this.opened.size > 0) await this.lookAt([...this.opened.keys()]);
      const [incidents, runs, { services }] = await Promise.all([
        call<Incident[]>('incidents', { limit: MOST }),
        latest(MOST),
        call<{ services: Service[] }>('services')
      ]);
      this.runs = runs;
      html = this.lists(incidents, runs, services);
    } catch (error) {
      html = `<p class="cwl-wrong" role="alert">${escape((error as Error).message)}</p>`;
    }
    if (html === this.shown) return;
    this.shown = html;
    const focus = (document.activeElement as HTMLElement | null)?.dataset;
    this.node.innerHTML = html;
    if (focus?.does) {
      this.node.querySelector<HTMLElement>(`[data-does="${focus.does}"][data-id="${CSS.escape(focus.id ?? '')}"]`)?.focus();
    }
  }

  private lists(incidents: Incident[], runs: Run[], services: Service[]): string {
    return [
      section(
        'Incidents',
        incidents.map(one => {
          const { incident_id: id } = one;
          const open = this.opened.get(id);
          const line = row('openIncident', id, id, one.title, `${one.state}, ${clock(one.opened_unix_nano)} UTC`, one.state, 'sendIncident');
          return `<li>${unfold(id, open !== undefined)}${line}</li>${open === undefined ? '' : `<li class="cwl-inner">${open}</li>`}`;
        }),
        'No incidents. Analyze files, or run the demo, in the app.'
      ),
      section(
        'Runs',
        runs.map(one =>
          item(row('openRun', one.run_id, one.flow_name, one.part || one.run_id, `${one.status}, ${one.rows_in.toLocaleString('en')} rows in`, one.status, 'sendRun'))
        ),
        'No runs. Open a flow and run it.'
      ),
      section(
        'Services',
        services.map(one =>
          item(row('openService', one.service_name, one.service_name, '', one.why || WORDS[one.health] || one.health, one.health))
        ),
        'Services are listed once there is telemetry of them.'
      )
    ].join('');
  }

  private pressed(event: MouseEvent): void {
    const found = (event.target as HTMLElement).closest<HTMLElement>('[data-does]');
    if (!found) return;
    const { id = '', does = '', of } = found.dataset;
    if (does === 'unfold') return void this.unfold(id);
    this.does[does as keyof Does](id, of ?? this.runs.find(one => one.run_id === id)?.flow_name ?? '');
  }

  /** Show the evidence of an incident, or hide it again. */
  private async unfold(id: string): Promise<void> {
    this.asked.delete(id);
    if (!this.opened.delete(id)) this.opened.set(id, '<p class="cwl-empty">Looking ...</p>');
    await this.refresh();
  }

  private async lookAt(ids: string[]): Promise<void> {
    const { marks } = await call<{ marks: Record<string, string> }>('changes');
    const mark = `${marks.incidents} ${marks.reports}`;
    await Promise.all(ids.filter(id => this.asked.get(id) !== mark).map(id => this.look(id, mark)));
  }

  private async look(id: string, mark: string): Promise<void> {
    this.asked.set(id, mark);
    try {
      const { causes } = await call<Content>('report_content', { incident_id: id });
      const lines = causes.flatMap(cause => cause.evidence.flatMap(one => (one.evidence_id ? [evidence(id, one.evidence_id, cause.service_name, one)] : [])));
      if (this.opened.has(id)) this.opened.set(id, lines.length ? `<ul>${lines.join('')}</ul>` : '<p class="cwl-empty">There is no evidence.</p>');
    } catch (error) {
      if (this.opened.has(id)) this.opened.set(id, `<p class="cwl-empty">${escape(sentence((error as Error).message))}</p>`);
    }
  }
}

const section = (title: string, rows: string[], empty: string): string =>
  `<section><h2>${title} <span>${rows.length || ''}</span></h2>` +
  (rows.length ? `<ul>${rows.join('')}</ul>` : `<p class="cwl-empty">${empty}</p>`) +
  '</section>';

const item = (inner: string): string => `<li>${inner}</li>`;

/** Two buttons: one that opens it, one that sends it. `of` names the incident that a piece of evidence is of. */
function row(does: keyof Does, id: string, head: string, text: string, foot: string, state: string, sends?: keyof Does, of?: string): string {
  const names = `data-id="${escape(id)}"${of ? ` data-of="${escape(of)}"` : ''}`;
  const send = sends
    ? `<button type="button" class="cwl-send" data-does="${sends}" ${names} title="Send ${escape(id)} to the notebook" aria-label="Send ${escape(id)} to the notebook">↳</button>`
    : '';
  return (
    `<button type="button" class="cwl-row" data-does="${does}" ${names}>` +
    `<span class="cwl-dot cwl-${escape(state)}"></span><b>${escape(head)}</b> ${escape(text)}<small>${escape(foot)}</small></button>${send}`
  );
}

const evidence = (incident: string, id: string, service: string, { summary, supports }: Evidence): string =>
  item(row('openEvidence', id, service, summary, supports ? 'speaks for it' : 'speaks against it', supports ? 'for' : 'against', 'sendEvidence', incident));

const unfold = (id: string, open: boolean): string =>
  `<button type="button" class="cwl-unfold" data-does="unfold" data-id="${escape(id)}" aria-expanded="${open}" aria-label="Evidence of ${escape(id)}" title="Evidence of ${escape(id)}"></button>`;

/** A message as one reads it: `no report 'INC-2'. It was ...` begins with a capital and ends with a stop. */
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, one => `&#${one.charCodeAt(0)};`);
