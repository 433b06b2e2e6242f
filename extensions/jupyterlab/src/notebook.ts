/** Sends an incident, a flow or a piece of evidence to the notebook as a cell that loads it. */

import { NotebookActions, type INotebookTracker } from '@jupyterlab/notebook';

import { about } from './calls';

/** Python for a text: `'` and line breaks in a name must not end the string. */
const quoted = (text: string): string => JSON.stringify(text);

/** A cell of its own below the active one; it opens the workbench only when the notebook has not yet. */
export async function send(tracker: INotebookTracker, expression: (quote: (text: string) => string) => string): Promise<void> {
  const panel = tracker.currentWidget;
  if (!panel) throw new Error('No notebook is open. Open one, then send again.');
  const { workspace } = await about();
  const notebook = panel.content;
  const told = notebook.model?.sharedModel.cells.some(cell => /^wb = open_workbench\(/m.test(cell.getSource()));
  const head = told ? [] : ['from workbench import open_workbench', '', `wb = open_workbench(${quoted(workspace)})`];
  NotebookActions.insertBelow(notebook);
  notebook.activeCell?.model.sharedModel.setSource([...head, expression(quoted)].join('\n'));
}
