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
  openRun(id: string, flow: string): void;
  openService(name: string): void;
  sendIncident(id: string): void;
  sendRun(id: string): void;
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
        incidents.map(one =>
          row('openIncident', one.incident_id, one.incident_id, one.title, `${one.state}, ${clock(one.opened_unix_nano)} UTC`, one.state, 'sendIncident')
        ),
        'No incidents. Analyze files, or run the demo, in the app.'
      ),
      section(
        'Runs',
        runs.map(one =>
          row('openRun', one.run_id, one.flow_name, one.run_id, `${one.status}, ${one.rows_in.toLocaleString('en')} rows in`, one.status, 'sendRun')
        ),
        'No runs. Open a flow and run it.'
      ),
      section(
        'Services',
        services.map(one =>
          row('openService', one.service_name, one.service_name, '', one.why || WORDS[one.health] || one.health, one.health)
        ),
        'Services are listed once there is telemetry of them.'
      )
    ].join('');
  }

  private pressed(event: MouseEvent): void {
    const found = (event.target as HTMLElement).closest<HTMLElement>('[data-does]');
    if (!found) return;
    const id = found.dataset.id ?? '';
    const flow = this.runs.find(one => one.run_id === id)?.flow_name ?? '';
    this.does[found.dataset.does as keyof Does](id, flow);
  }
}

const section = (title: string, rows: string[], empty: string): string =>
  `<section><h2>${title} <span>${rows.length || ''}</span></h2>` +
  (rows.length ? `<ul>${rows.join('')}</ul>` : `<p class="cwl-empty">${empty}</p>`) +
  '</section>';

function row(does: keyof Does, id: string, head: string, text: string, foot: string, state: string, sends?: keyof Does): string {
  const send = sends
    ? `<button type="button" class="cwl-send" data-does="${sends}" data-id="${escape(id)}" title="Send ${escape(id)} to the notebook" aria-label="Send ${escape(id)} to the notebook">↳</button>`
    : '';
  return (
    `<li><button type="button" class="cwl-row" data-does="${does}" data-id="${escape(id)}">` +
    `<span class="cwl-dot cwl-${escape(state)}"></span><b>${escape(head)}</b> ${escape(text)}<small>${escape(foot)}</small></button>${send}</li>`
  );
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, one => `&#${one.charCodeAt(0)};`);
