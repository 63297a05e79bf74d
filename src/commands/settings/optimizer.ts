/** From the options of the update to an optimizer, if they go together. */

import { enumerate } from '../../config/kinds.js';
import { nameOf, type OptionKey, type Settings } from '../../config/options.js';
import { usageError } from '../../errors.js';
import { makeOptimizer, type Optimizer, type OptimizerName, usualRule } from '../../model/optimizer.js';
import { checkSearch } from '../../train/check-search.js';

/** The constants of a rule, and the rules that have them. */
const TAKERS = {
  momentum: ['sgd', 'lars', 'rmsprop'],
  beta1: ['adam', 'adamw', 'lamb'],
  beta2: ['adam', 'adamw', 'lamb', 'rmsprop'],
  epsilon: ['adam', 'adamw', 'lamb', 'rmsprop', 'adagrad'],
  trust: ['lars'],
  history: ['lbfgs'],
  weightDecay: ['sgd', 'adamw', 'rmsprop', 'adagrad', 'lars', 'lamb'],
} as const satisfies { [Key in OptionKey]?: readonly OptimizerName[] };
type Constant = keyof typeof TAKERS;

/** @throws usage if options of the update don't go together */
export function optimizerFor(settings: Settings): Optimizer {
  const { hidden, nesterov, l1, clipNorm, clipValue } = settings;
  const name = settings.optimizer ?? usualRule(hidden.length);
  const given = (Object.keys(TAKERS) as Constant[]).filter(key => settings[key] !== null);
  for (const key of given) checkTaker(key, settings[key]!, name);
  if (nesterov && (name !== 'sgd' || !settings.momentum)) {
    throw usageError(
      `--nesterov needs --optimizer sgd and a --momentum above 0; ${ruleText(name)}${name === 'sgd' ? ' and there is no momentum' : ''}.`,
      'Try --optimizer sgd --momentum 0.9 --nesterov.',
    );
  }
  if (name === 'rprop' && settings.batchSize !== 'full') {
    throw usageError(
      `--optimizer rprop needs --batch-size full, as it goes by the signs of the whole gradient; got ${settings.batchSize ?? 'none'}.`,
      'Add --batch-size full, or try --optimizer adam.',
    );
  }
  const constants = Object.fromEntries(given.map(key => [key, settings[key]]));
  const optimizer = makeOptimizer(name, { ...constants, nesterov, l1, clipNorm, clipValue });
  const isWhole = settings.batchSize === 'full';
  checkSearch(optimizer, { isWhole, update: settings.update, hasConstantRate: true });
  return optimizer;
}

function checkTaker(key: Constant, value: number, name: OptimizerName): void {
  const takers: readonly OptimizerName[] = TAKERS[key];
  if (takers.includes(name)) return;
  const option = `--${nameOf(key)}`;
  const isDecay = key === 'weightDecay' && name === 'adam';
  const other = isDecay ? 'adamw' : takers[0];
  throw usageError(
    `${option} is for --optimizer ${enumerate(takers)}; ${ruleText(name)}.`,
    `Try --optimizer ${other} ${option} ${value}${isDecay ? ', or --l2' : ''}.`,
  );
}

function ruleText(name: OptimizerName): string {
  return `the optimizer is ${name}`;
}
