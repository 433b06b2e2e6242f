/** A `*.flow.json` file as a document: the canvas draws it, JupyterLab keeps it. */

import type { IThemeManager } from '@jupyterlab/apputils';
import { Notification } from '@jupyterlab/apputils';
import { ABCWidgetFactory, DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { about, call } from './calls';
import canvas, { type Editor, type Flow, type Host } from './canvas.js';
import { follow } from './runs';
import { Saves } from './saving';
import { fromText, nameOf } from './text';

type Model = DocumentRegistry.ICodeModel;

const WRITING = ['flow_save', 'flow_restore'];
const OF_VERSIONS = ['flow_versions', 'flow_show', 'flow_draft', 'flow_diff', ...WRITING];

/** What the views of one document have in common. */
interface Shared {
  views: Set<FlowPanel>;
  /** The run that was started last from one of them. */
  running: string;
}

const SHARED = new WeakMap<object, Shared>();

export class FlowPanel extends Widget {
  /** The run that was started last from here, told when it ends. */
  readonly ended = new Signal<this, string>(this);
  readonly saves: Saves;
  private editor: Editor | undefined;
  private written = '';
  private readonly shared: Shared;

  constructor(
    private readonly context: DocumentRegistry.IContext<Model>,
    private readonly contents: Contents.IManager,
    private readonly themes: IThemeManager | null
  ) {
    super();
    this.saves = new Saves(context);
    this.shared = SHARED.get(context) ?? { views: new Set(), running: '' };
    SHARED.set(context, this.shared);
    this.shared.views.add(this);
    this.addClass('cwl-FlowPanel');
    this.node.tabIndex = -1;
    void context.ready.then(() => this.setUp());
  }

  undo(): void {
    this.editor?.undo();
  }

  redo(): void {
    this.editor?.redo();
  }

  /** What a notebook has to call the flow: its name when it lies in the workspace, else its path. */
  async reference(): Promise<string> {
    const [path, { workspace }] = [await this.path(), await about()];
    return path === `${workspace}/flows/${nameOf(path)}.flow.json` ? nameOf(path) : path;
  }

  /** Save the document and run it, or the part of it that `options` names; the run is drawn over all views of it until it ends. */
  async run(options: Record<string, unknown> = {}): Promise<void> {
    await this.saves.save();
    const started = await call<{ run: { run_id: string } }>('flow_run', { ...options, flow: await this.path(), wait: false });
    const { shared } = this;
    const runId = (shared.running = started.run.run_id);
    await follow(
      runId,
      (overlay, run) => {
        for (const view of shared.views) view.editor?.setOverlay(overlay);
        if (run.status === 'failed') Notification.error(`${runId}: ${run.exit_reason}`, { autoClose: false });
      },
      () => shared.views.size === 0 || shared.running !== runId
    );
    if (!this.isDisposed) this.ended.emit(runId);
  }

  /** Stop the run that is drawn; with `now` it ends at once. */
  async stop(options: Record<string, unknown> = {}): Promise<void> {
    const { running } = this.shared;
    if (running) await call('flow_stop', { run_id: running, ...options });
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.shared.views.delete(this);
    this.editor?.destroy();
    this.saves.dispose();
    this.themes?.themeChanged.disconnect(this.themed, this);
    Signal.clearData(this);
    super.dispose();
  }

  /** Keys are for the canvas as soon as the document is shown. */
  protected onActivateRequest(): void {
    if (document.activeElement === this.node) this.node.querySelector<HTMLElement>('.cw-root')?.focus();
  }

  /** Where the file lies for a tool, which knows nothing of Jupyter's paths. */
  private async path(): Promise<string> {
    const { root } = await about();
    return `${root}/${this.context.localPath}`;
  }

  private theme(): 'light' | 'dark' {
    return this.themes?.theme && !this.themes.isLight(this.themes.theme) ? 'dark' : 'light';
  }

  private themed(): void {
    this.editor?.setTheme(this.theme());
  }

  private async setUp(): Promise<void> {
    let catalog: unknown[] = [];
    try {
      catalog = await call<unknown[]>('flow_nodes');
    } catch (error) {
      // The document is shown all the same: what it says matters more than what could be added.
      Notification.error(`The node types cannot be read: ${(error as Error).message}`);
    }
    if (this.isDisposed) return;
    const flow = this.read();
    if (flow) this.open(flow, catalog);
    this.context.model.contentChanged.connect(() => {
      if (this.context.model.toString() === this.written) return;
      void this.compareWithDisk();
      const next = this.read();
      if (!next) return;
      if (this.editor) this.editor.setFlow(next);
      else this.open(next, catalog);
    });
    this.themes?.themeChanged.connect(this.themed, this);
  }

  /** JupyterLab 4.6 leaves a document dirty that was read from the disk again. */
  private async compareWithDisk(): Promise<void> {
    const { model, path } = this.context;
    if (!model.dirty) return;
    const { content } = await this.contents.get(path, { type: 'file', format: 'text', content: true });
    if (!this.isDisposed && content === model.toString()) model.dirty = false;
  }

  private open(flow: Flow, catalog: unknown[]): void {
    this.node.replaceChildren();
    this.written = this.context.model.toString();
    this.editor = canvas.createEditor(this.node, {
      flow,
      catalog,
      host: this.host(),
      theme: this.theme(),
      onChange: changed => this.write(changed),
      onCommand: (command, args) => void this.obey(command, args ?? {})
    });
  }

  /** Return what the file says, or show why it says nothing. */
  private read(): Flow | undefined {
    const text = this.context.model.toString();
    try {
      const flow = fromText(text, nameOf(this.context.path));
      this.written = text;
      return flow;
    } catch (error) {
      this.editor?.destroy();
      this.editor = undefined;
      const said = document.createElement('p');
      said.setAttribute('role', 'alert');
      said.className = 'cwl-FlowPanel-wrong';
      said.textContent = `${(error as Error).message} Open it with the text editor to mend it.`;
      this.node.replaceChildren(said);
      return undefined;
    }
  }

  private write(flow: Flow): void {
    const text = canvas.flowText(flow);
    if (text === this.context.model.toString()) return;
    this.written = text;
    this.context.model.sharedModel.setSource(text);
    // Since JupyterLab 4.6 a new source alone does not make a document dirty.
    this.context.model.dirty = true;
  }

  /** The tools, with what they know this document by in the place of its name: it need not lie in the workspace. */
  private host(): Host {
    return {
      live: true,
      call: async <T>(tool: string, args: Record<string, unknown> = {}): Promise<T> => {
        if (args.flow === undefined || args.flow !== this.editor?.flow().name) return call<T>(tool, args);
        const flow = await this.reference();
        if (OF_VERSIONS.includes(tool) && flow.includes('/')) {
          throw new Error(`Versions are kept of the flows in ${(await about()).workspace}/flows only. This file has JupyterLab's checkpoint (File, Revert).`);
        }
        if (WRITING.includes(tool)) await this.saves.save();
        const answer = await call<T>(tool, { ...args, flow });
        // The file may be another one now; JupyterLab would ask at the next save which of both is meant.
        if (WRITING.includes(tool)) await this.context.revert();
        return answer;
      }
    };
  }

  private async obey(command: string, args: Record<string, unknown>): Promise<void> {
    try {
      if (command === 'save') await this.saves.save();
      else if (command === 'run') await this.run(args);
      else if (command === 'stop') await this.stop(args);
      else Notification.info(`${command} is not offered in JupyterLab; the app has it.`);
    } catch (error) {
      Notification.error((error as Error).message, { autoClose: false });
    }
  }
}

export class FlowDocument extends DocumentWidget<FlowPanel, Model> {}

export class FlowFactory extends ABCWidgetFactory<FlowDocument, Model> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<FlowDocument>,
    private readonly contents: Contents.IManager,
    private readonly themes: IThemeManager | null
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.IContext<Model>): FlowDocument {
    return new FlowDocument({ context, content: new FlowPanel(context, this.contents, this.themes) });
  }
}
