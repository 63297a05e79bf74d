/** What goes with a rule that searches along a line, and what does not: asked before data is read, and by `train`. */
import { usageError } from '../errors.js';
import { type Optimizer, searches } from '../model/optimizer.js';
import type { UpdateMode } from '../session/machine.js';

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
    throw usageError(`--optimizer ${optimizer.name}: expected ${expected}, got ${got}.`, hint);
  };
  const { l1, weightDecay, clipNorm, clipValue, history } = optimizer;
  if (!isWhole) {
    refuse(
      'whole batches, as it compares E at several places',
      'parts of the data',
      'Try --batch-size full.',
    );
  }
  if (!Number.isSafeInteger(history) || history < 1) {
    refuse('a --history from 1', String(history), 'Try --history 10.');
  }
  if (l1 !== 0) refuse('no --l1, whose penalty has no gradient where a weight is 0', `${l1}`, 'Try --l2.');
  if (weightDecay !== 0) {
    refuse('no --weight-decay, which is no part of E', `${weightDecay}`, 'Try --l2, which is.');
  }
  if (clipNorm !== null || clipValue !== null) {
    refuse('∇E as it is', 'a limit on it', 'Leave --clip-norm and --clip-value out.');
  }
  if (!hasConstantRate) {
    refuse('a constant --lr, as it finds the length of each step', 'a schedule', 'Leave it out.');
  }
  if (update !== 'sharded') {
    refuse('--update sharded, as all workers search together', update, 'Leave --update out.');
  }
}
