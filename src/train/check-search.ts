/** What goes with a rule that searches along a line, and what does not: asked before data is read, and by `train`. */
import { usageError } from '../errors.js';
import { type Optimizer, searches } from '../model/optimizer.js';
import type { UpdateMode } from '../session/machine.js';
import { option } from '../wording.js';

/** What stands beside the optimizer. */
export interface Beside {
  /** Whether every batch is the whole data. */
  isWhole: boolean;
  update: UpdateMode;
  hasConstantRate: boolean;
}

/** @throws usage where the rule searches along a line, and something can't be had with that */
export function checkSearch(optimizer: Optimizer, { isWhole, update, hasConstantRate }: Beside): void {
  if (!searches(optimizer)) return;
  const refuse = (expected: string, got: string, hint: string) => {
    throw usageError(`${option('optimizer', optimizer.name)}: expected ${expected}, got ${got}.`, hint);
  };
  const { l1, weightDecay, clipNorm, clipValue, history } = optimizer;
  if (!isWhole) {
    refuse(
      'whole batches, as it compares E at several places',
      'parts of the data',
      `Try ${option('batchSize', 'full')}.`,
    );
  }
  if (!Number.isSafeInteger(history) || history < 1) {
    refuse(`a ${option('history')} from 1`, String(history), `Try ${option('history', 10)}.`);
  }
  if (l1 !== 0) {
    const expected = `no ${option('l1')}, whose penalty has no gradient where a weight is 0`;
    refuse(expected, `${l1}`, `Try ${option('l2')}.`);
  }
  if (weightDecay !== 0) {
    const expected = `no ${option('weightDecay')}, which is no part of E`;
    refuse(expected, `${weightDecay}`, `Try ${option('l2')}, which is.`);
  }
  if (clipNorm !== null || clipValue !== null) {
    const hint = `Leave ${option('clipNorm')} and ${option('clipValue')} out.`;
    refuse('∇E as it is', 'a limit on it', hint);
  }
  if (!hasConstantRate) {
    const expected = `a constant ${option('learningRate')}, as it finds the length of each step`;
    refuse(expected, 'a schedule', 'Leave it out.');
  }
  if (update !== 'sharded') {
    const expected = `${option('update', 'sharded')}, as all workers search together`;
    refuse(expected, update, `Leave ${option('update')} out.`);
  }
}
