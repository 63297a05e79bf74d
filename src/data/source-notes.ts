/** Notes on a source and its rows, in the words of whoever shows them. */
import { type WriteOptions, writeOptions } from '../option-names.js';
import type { Dataset } from './dataset.js';
import type { Opened } from './spool/open.js';

/** Adds the notes on the source to those on its rows, and renders the options in both. */
export function noted({ notes: first }: Opened, write: WriteOptions): (data: Dataset) => Dataset {
  return data => {
    const notes = [...first, ...(data.notes ?? [])].map(note => writeOptions(note, write));
    const { taskReason } = data;
    return {
      ...data,
      ...(notes.length > 0 && { notes }),
      ...(taskReason && { taskReason: writeOptions(taskReason, write) }),
    };
  };
}

/** Changes both parts alike. */
export function forBoth<V extends Dataset | null>(
  { train, validation }: { train: Dataset; validation: V },
  change: (data: Dataset) => Dataset,
): { train: Dataset; validation: V } {
  return { train: change(train), validation: (validation && change(validation)) as V };
}
