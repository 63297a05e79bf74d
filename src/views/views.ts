/**
 * Feeds views with the records of a run. A view that fails is reported once and gets nothing more. The training does not wait for
 * views, except for some seconds at its end.
 */
import { describeCause } from '../errors.js';
import { type RunFiles, readRunFiles } from '../store/read-run.js';
import type { Plain } from '../store/run-files.js';
import type { Ending, View } from './view.js';

/** How long the end of a training waits for a slow view, in milliseconds. */
const LAST_WAIT = 10_000;

export class Views {
  readonly #run: string;
  readonly #feeds: Feed[];

  /** @param tell is called once for a view that fails */
  constructor(run: string, views: readonly View[], tell: (view: View, problem: string) => void) {
    this.#run = run;
    this.#feeds = views.map(view => new Feed(view, tell));
  }

  /** Shows what is in the folder of the run. */
  async begin(): Promise<void> {
    const run = await this.#read();
    if (run) for (const feed of this.#feeds) feed.begin(run);
  }

  add(record: Plain): void {
    for (const feed of this.#feeds) feed.add(record);
  }

  /** Ends the views, and waits for them. */
  async end(ending: Ending, wait = LAST_WAIT): Promise<void> {
    const run = await this.#read();
    if (run) await Promise.all(this.#feeds.map(feed => feed.end(ending, run, wait)));
  }

  /** What is in the folder of the run; null if nobody wants it, or it can't be read: views are not worth a training. */
  async #read(): Promise<RunFiles | null> {
    if (this.#feeds.length === 0) return null;
    try {
      return await readRunFiles(this.#run);
    } catch (error) {
      for (const feed of this.#feeds) feed.lose(error);
      return null;
    }
  }
}

/** One view, and the records that wait for it. */
class Feed {
  readonly #view: View;
  readonly #tell: (view: View, problem: string) => void;
  #waiting: Plain[] = [];
  #work: Promise<void> = Promise.resolve();
  #isLost = false;

  constructor(view: View, tell: (view: View, problem: string) => void) {
    this.#view = view;
    this.#tell = tell;
  }

  begin(run: RunFiles): void {
    this.#then(() => this.#view.begin(run));
  }

  /** Records that come while a view is busy are shown together. */
  add(record: Plain): void {
    this.#waiting.push(record);
    if (this.#waiting.length === 1) this.#then(() => this.#view.add(this.#waiting.splice(0)));
  }

  async end(ending: Ending, run: RunFiles, wait: number): Promise<void> {
    this.#then(() => this.#view.end(ending, run));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => {
      timer = setTimeout(() => {
        this.lose(new Error('it takes too long'));
        resolve();
      }, wait);
    });
    await Promise.race([this.#work, late]);
    clearTimeout(timer);
  }

  #then(part: () => Promise<void>): void {
    this.#work = this.#work.then(() => (this.#isLost ? undefined : part())).catch(error => this.lose(error));
  }

  /** Reports why the view gets nothing more, once. */
  lose(error: unknown): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#tell(this.#view, describeCause(causeOf(error)));
    this.#view.drop();
  }
}

/** What fetch wraps: connect ECONNREFUSED 127.0.0.1:5000 rather than fetch failed. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}
