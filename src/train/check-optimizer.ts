/** Whether an optimizer can be, and what goes with its rule: asked before data is read, and by `train`. */
import { usageError } from '../errors.js';
import { fitsFloat32, heldText, isPartInFloat32 } from '../float32.js';
import { type ConstantName, RANGES, type Range } from '../kernels/rules/constants.js';
import { type Optimizer, ruleOf, searches } from '../model/optimizer.js';
import type { UpdateMode } from '../session/machine.js';

/** What stands beside the optimizer. */
export interface Beside {
  /** Whether every batch is the whole data. */
  isWhole: boolean;
  update: UpdateMode;
  hasConstantRate: boolean;
}

/** @throws usage if a constant is out of range, or the rule can't be had with what stands beside it */
export function checkOptimizer(optimizer: Optimizer, beside: Beside): void {
  const { name, constants, l1, clipNorm, clipValue } = optimizer;
  for (const [key, value] of Object.entries(constants)) checkConstant(key as ConstantName, value);
  for (const [key, value] of Object.entries({ l1, clipNorm, clipValue })) checkNotNegative(key, value ?? 0);
  const { wholeBatches } = ruleOf(name);
  if (wholeBatches !== null && !beside.isWhole) {
    throw usageError(
      `--optimizer ${name} needs --batch-size full, as ${wholeBatches}; got parts of the data.`,
      'Try --batch-size full.',
    );
  }
  if (searches(optimizer)) checkSearch(optimizer, beside);
}

const CHECKS: Record<Range, (key: string, value: number) => void> = {
  part(key, value) {
    if (!isPartInFloat32(value)) throw usageError(`--${key}: expected from 0, below 1, got ${value}.`);
  },
  notNegative: checkNotNegative,
  count(key, value) {
    if (Number.isSafeInteger(value) && value >= 1) return;
    throw usageError(`--${key}: expected a whole number from 1, got ${value}.`, `Try --${key} 10.`);
  },
  flag() {},
};

function checkConstant(key: ConstantName, value: number | boolean): void {
  CHECKS[RANGES[key]](key, Number(value));
}

function checkNotNegative(key: string, value: number): void {
  if (value >= 0 && fitsFloat32(value)) return;
  throw usageError(`optimizer, ${key}: expected 0 or more${heldText(value)}, got ${value}.`);
}

/** @throws usage if something stands beside a rule that searches along a line which can't be had with that */
function checkSearch(
  { name, l1, clipNorm, clipValue }: Optimizer,
  { update, hasConstantRate }: Beside,
): void {
  const refuse = (expected: string, got: string, hint: string) => {
    throw usageError(`--optimizer ${name}: expected ${expected}, got ${got}.`, hint);
  };
  if (l1 !== 0) refuse('no --l1, whose penalty has no gradient if a weight is 0', `${l1}`, 'Try --l2.');
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
