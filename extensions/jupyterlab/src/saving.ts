/** Saves of one document in a row, so that none is lost: JupyterLab leaves out what is asked for while it saves. */

import type { DocumentRegistry } from '@jupyterlab/docregistry';

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

export class Saves {
  private going: Promise<void> | undefined;
  private again = false;
  private written = '';

  constructor(private readonly context: Context) {
    context.saveState.connect(this.told, this);
  }

  /** Save what is not saved, after what is being saved; two at once would each take the other for a stranger's change. */
  async save(): Promise<void> {
    while (this.going) await this.going;
    if (this.context.model.dirty) await this.follow(this.context.save());
  }

  /** JupyterLab's command was given. While its checkpoint of the last one is being made it does nothing and says nothing. */
  asked(result: Promise<unknown>): void {
    if (this.going) this.again = true;
    else void this.follow(result).catch(() => undefined);
  }

  dispose(): void {
    this.context.saveState.disconnect(this.told, this);
  }

  private follow(work: Promise<unknown>): Promise<unknown> {
    // JupyterLab has told what went wrong; here it only matters that it is over.
    const over = work.then(
      () => undefined,
      () => undefined
    );
    this.going = over.then(() => {
      this.going = undefined;
      if (!this.again) return;
      this.again = false;
      return this.save().catch(() => undefined);
    });
    return work;
  }

  /** JupyterLab takes a document for saved that was changed while it was being written. */
  private told(_: Context, state: DocumentRegistry.SaveState): void {
    const { model } = this.context;
    if (state === 'started') this.written = model.toString();
    else if (state === 'completed' && model.toString() !== this.written) model.dirty = true;
  }
}
