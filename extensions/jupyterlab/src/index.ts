/** Puts Causeway into JupyterLab: documents, commands, launcher, side panel, status bar, settings. */

import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IFrame, IThemeManager, MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { appUrl } from './calls';
import canvas from './canvas.js';
import { FlowFactory, type FlowDocument } from './document';
import { appIcon, icon } from './icon';
import { send } from './notebook';
import { isGoingOn, latest } from './runs';
import { SidePanel } from './side';
import { EMPTY, nameOf } from './text';

const ID = 'causeway-lab:plugin';
const FACTORY = 'Flow editor';
const CATEGORY = 'Causeway';

/** Shows what went wrong; a command that only rejects tells nobody. */
const telling = (work: () => Promise<unknown>) => async (): Promise<void> => {
  try {
    await work();
  } catch (error) {
    Notification.error((error as Error).message);
  }
};

function addDocuments(app: JupyterFrontEnd, restorer: ILayoutRestorer | null, themes: IThemeManager | null): WidgetTracker<FlowDocument> {
  app.docRegistry.addFileType({
    name: 'causeway-flow',
    displayName: 'Causeway flow',
    extensions: ['.flow.json'],
    mimeTypes: ['application/json'],
    fileFormat: 'text',
    contentType: 'file',
    icon
  });
  const factory = new FlowFactory(
    { name: FACTORY, fileTypes: ['causeway-flow'], defaultFor: ['causeway-flow'], modelName: 'text' },
    app.serviceManager.contents,
    themes
  );
  app.docRegistry.addWidgetFactory(factory);
  const tracker = new WidgetTracker<FlowDocument>({ namespace: 'causeway-flow' });
  factory.widgetCreated.connect((_, widget) => {
    widget.title.icon = icon;
    widget.context.pathChanged.connect(() => void tracker.save(widget));
    void tracker.add(widget);
  });
  void restorer?.restore(tracker, {
    command: 'docmanager:open',
    args: widget => ({ path: widget.context.path, factory: FACTORY }),
    name: widget => widget.context.path
  });
  return tracker;
}

/** Opens the app on a page of it; one tab for each page, of the browser where pages hold one document only (Notebook). */
function openApp(app: JupyterFrontEnd, tabs: boolean, query: string, title: string, themes: IThemeManager | null): void {
  const dark = themes?.theme && !themes.isLight(themes.theme);
  const url = appUrl([query, `theme=${dark ? 'dark' : 'light'}`].filter(Boolean).join('&'));
  if (!tabs) {
    window.open(url, '_blank', 'noopener');
    return;
  }
  const id = `causeway-app-${query || 'overview'}`;
  const there = [...app.shell.widgets('main')].find(one => one.id === id);
  if (there) {
    app.shell.activateById(id);
    return;
  }
  // Scripts and forms of our own app, from this very origin, under Jupyter's login.
  const content = new IFrame({ sandbox: ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-downloads', 'allow-popups'] });
  content.url = url;
  content.addClass('cwl-App');
  content.node.querySelector('iframe')?.setAttribute('title', title);
  const widget = new MainAreaWidget({ content });
  widget.id = id;
  widget.title.label = title;
  widget.title.icon = appIcon;
  widget.title.closable = true;
  app.shell.add(widget, 'main');
  app.shell.activateById(id);
}

function activate(
  app: JupyterFrontEnd,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  launcher: ILauncher | null,
  themes: IThemeManager | null,
  browser: IDefaultFileBrowser | null,
  notebooks: INotebookTracker | null,
  registry: ISettingRegistry | null,
  statusBar: IStatusBar | null,
  shell: ILabShell | null
): void {
  const { commands } = app;
  const flows = addDocuments(app, restorer, themes);
  const current = (): FlowDocument | null => (app.shell.currentWidget === flows.currentWidget ? flows.currentWidget : null);
  commands.commandExecuted.connect((_, { id, result }) => {
    if (id === 'docmanager:save') current()?.content.saves.asked(result);
  });
  const toNotebook = (expression: (quote: (text: string) => string) => string): void => {
    if (notebooks) void telling(() => send(notebooks, expression))();
  };

  const open = (query: string, title: string): void => openApp(app, shell !== null, query, title, themes);

  const side = new SidePanel({
    openIncident: id => open(`incident=${encodeURIComponent(id)}`, id),
    openEvidence: (id, incident) =>
      open(`incident=${encodeURIComponent(incident)}&evidence=${encodeURIComponent(id)}`, `${incident}, evidence`),
    openRun: (id, flow) => open(`page=flow&flow=${encodeURIComponent(flow)}&tab=runs&run=${encodeURIComponent(id)}`, id),
    openService: name => open(`page=services&service=${encodeURIComponent(name)}`, name),
    sendIncident: id => toNotebook(quote => `wb.incident(${quote(id)})`),
    sendEvidence: (id, incident) => toNotebook(quote => `wb.incident(${quote(incident)}).evidence[${quote(id)}]`),
    sendRun: id => toNotebook(quote => `wb.run(${quote(id)})`)
  });
  side.id = 'causeway-side';
  side.title.icon = icon;
  side.title.caption = 'Causeway';
  app.shell.add(side, 'left', { rank: 300 });
  restorer?.add(side, side.id);

  commands.addCommand('causeway:new', {
    label: args => (args.isPalette ? 'New Causeway Flow' : 'Flow'),
    caption: 'Make a new flow and open it in the editor',
    icon: args => (args.isPalette ? undefined : icon),
    execute: async args => {
      const folder = (args.cwd as string) || browser?.model.path || '';
      const made = await app.serviceManager.contents.newUntitled({ path: folder, type: 'file', ext: '.flow.json' });
      await app.serviceManager.contents.save(made.path, { type: 'file', format: 'text', content: canvas.flowText(EMPTY(nameOf(made.path))) });
      return commands.execute('docmanager:open', { path: made.path, factory: FACTORY });
    }
  });
  commands.addCommand('causeway:app', {
    label: args => (args.isPalette ? 'Open Causeway App' : 'Causeway'),
    caption: 'Incidents, flows, services and reports in a tab',
    icon: args => (args.isPalette ? undefined : appIcon),
    execute: () => open('', 'Causeway')
  });
  commands.addCommand('causeway:side', {
    label: 'Show Causeway Incidents and Runs',
    execute: () => (shell ? shell.activateById(side.id) : app.shell.activateById(side.id))
  });
  commands.addCommand('causeway:run', {
    label: 'Run Flow',
    isEnabled: () => current() !== null,
    execute: telling(async () => current()?.content.run())
  });
  commands.addCommand('causeway:stop', {
    label: 'Stop Flow',
    isEnabled: () => current() !== null,
    execute: telling(async () => current()?.content.stop())
  });
  commands.addCommand('causeway:undo', {
    label: 'Undo in Flow',
    isEnabled: () => current() !== null,
    execute: () => current()?.content.undo()
  });
  commands.addCommand('causeway:redo', {
    label: 'Redo in Flow',
    isEnabled: () => current() !== null,
    execute: () => current()?.content.redo()
  });
  commands.addCommand('causeway:send', {
    label: 'Send Flow to Notebook',
    isEnabled: () => flows.currentWidget !== null && notebooks !== null,
    execute: telling(async () => {
      const name = await flows.currentWidget?.content.reference();
      if (name) toNotebook(quote => `wb.flow(${quote(name)})`);
    })
  });
  for (const command of ['new', 'app', 'side', 'run', 'stop', 'undo', 'redo', 'send']) {
    palette?.addItem({ command: `causeway:${command}`, category: CATEGORY, args: { isPalette: true } });
  }
  launcher?.add({ command: 'causeway:new', category: CATEGORY, rank: 1 });
  launcher?.add({ command: 'causeway:app', category: CATEGORY, rank: 2 });

  const status = new Widget({ node: document.createElement('div') });
  status.addClass('cwl-Status');
  const button = document.createElement('button');
  button.type = 'button';
  button.title = 'Running flows';
  button.addEventListener('click', () => void commands.execute('causeway:side'));
  status.node.append(button);
  let showStatus = true;
  let running = 0;
  const changed = new Signal<Widget, void>(status);
  statusBar?.registerStatusItem('causeway:running', {
    item: status,
    align: 'left',
    rank: 20,
    isActive: () => showStatus && running > 0,
    activeStateChanged: changed
  });

  const look = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      running = (await latest()).filter(isGoingOn).length;
      button.textContent = running === 1 ? '1 flow runs' : `${running} flows run`;
    } catch {
      // The side panel tells what is wrong; a status bar that blinks would not help.
      running = 0;
    }
    changed.emit();
    if (side.isVisible) await side.refresh();
  };
  let timer = 0;
  const every = (seconds: number): void => {
    window.clearInterval(timer);
    timer = window.setInterval(() => void look(), seconds * 1000);
  };
  every(5);
  void app.restored.then(look);
  void registry?.load(ID).then(settings => {
    const take = (): void => {
      showStatus = settings.get('showStatus').composite as boolean;
      changed.emit();
      every(settings.get('refreshSeconds').composite as number);
    };
    settings.changed.connect(take);
    take();
  });
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Flows as documents, incidents and runs beside the notebook.',
  autoStart: true,
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    IThemeManager,
    IDefaultFileBrowser,
    INotebookTracker,
    ISettingRegistry,
    IStatusBar,
    ILabShell
  ],
  activate
};

export default plugin;
