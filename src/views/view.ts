/** What shows a run elsewhere: it gets the records of metrics.jsonl, those that are there and those that come. */
import type { RunFiles } from '../store/read-run.js';
import type { Plain } from '../store/run-files.js';

export type Ending = 'finished' | 'interrupted' | 'failed';

export interface View {
  /** What it is, for messages: TensorBoard files in logs/first */
  readonly name: string;
  /** Shows the run as it is. */
  begin(run: RunFiles): Promise<void>;
  /** Shows records that were added. */
  add(records: readonly Plain[]): Promise<void>;
  end(ending: Ending, run: RunFiles): Promise<void>;
  /** Gives up what is still under way. */
  drop(): void;
}
