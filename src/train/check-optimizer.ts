/** Checks an optimizer and what it is combined with. Runs before data is read, and again in `train`. */
import { usageError } from '../errors.js';
import { type ConstantName, RANGES } from '../kernels/rules/constants.js';
import { hasOneRate, type Optimizer, ruleOf, searches } from '../model/optimizer.js';
import { option } from '../option-names.js';
import { checkRange, type Range, SINGLE_FRACTION, SINGLE_FROM_ZERO, wholeNumbers } from '../ranges.js';
import type { UpdateMode } from '../session/machine.js';

/** Other settings that some rules depend on. */
interface Beside {
  /** Whether every batch contains all rows. */
  isWhole: boolean;
  update: UpdateMode;
  hasConstantRate: boolean;
}

const NUMBERS: Readonly<Record<'part' | 'notNegative' | 'count', Range>> = {
  part: SINGLE_FRACTION,
  notNegative: SINGLE_FROM_ZERO,
  count: wholeNumbers(1),
};

/** @throws usage if a constant is out of range, or the rule can't be combined with the other settings */
export function checkOptimizer(optimizer: Optimizer, beside: Beside): void {
  const { name, constants, l1, clipNorm, clipValue, biasRate, inputScale } = optimizer;
  for (const [key, value] of Object.entries(constants)) {
    const range = RANGES[key as ConstantName];
    if (range !== 'flag') checkRange(key, Number(value), NUMBERS[range]);
  }
  for (const [key, value] of Object.entries({ l1, clipNorm, clipValue, biasRate, inputScale })) {
    checkRange(key, value ?? 0, SINGLE_FROM_ZERO);
  }
  const { wholeBatches } = ruleOf(name);
  if (wholeBatches !== null && !beside.isWhole) {
    throw usageError(
      `${option('optimizer', name)} needs ${option('batchSize', 'full')}, as ${wholeBatches}; got parts of the data.`,
      `Try ${option('batchSize', 'full')}.`,
    );
  }
  if (searches(optimizer)) checkSearch(optimizer, beside);
}

/** @throws usage if something can't be combined with a rule that uses a line search */
function checkSearch(optimizer: Optimizer, { update, hasConstantRate }: Beside): void {
  const { name, l1, clipNorm, clipValue } = optimizer;
  const refuse = (expected: string, got: string, hint: string) => {
    throw usageError(`${option('optimizer', name)}: expected ${expected}, got ${got}.`, hint);
  };
  if (l1 !== 0) {
    const expected = `no ${option('l1')}, whose penalty has no gradient if a weight is 0`;
    refuse(expected, `${l1}`, `Try ${option('l2')}.`);
  }
  if (clipNorm !== null || clipValue !== null) {
    refuse('∇E as it is', 'a limit on it', `Leave ${option('clipNorm')} and ${option('clipValue')} out.`);
  }
  if (!hasOneRate(optimizer)) {
    const expected = 'one rate for all parameters, as it searches along one direction';
    refuse(
      expected,
      'several',
      `Leave ${option('biasRate')}, ${option('fanInRate')} and ${option('inputScale')} out.`,
    );
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
