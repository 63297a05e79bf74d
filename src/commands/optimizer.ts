/** From the options of the update to an optimizer, where they go together. */
import { nameOf, type OptionKey, type Settings } from '../config/options.js';
import { usageError } from '../errors.js';
import { makeOptimizer, type Optimizer, type OptimizerName } from '../model/optimizer.js';
import { checkSearch } from '../train/check-search.js';

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

/** @throws usage where options of the update don't go together */
export function optimizerFor(settings: Settings): Optimizer {
  const { optimizer: name, nesterov, l1, clipNorm, clipValue } = settings;
  const given = (Object.keys(TAKERS) as Constant[]).filter(key => settings[key] !== null);
  for (const key of given) checkTaker(key, name);
  if (nesterov && (name !== 'sgd' || !settings.momentum)) {
    throw usageError(
      '--nesterov: expected --optimizer sgd and a --momentum above 0.',
      'Try --momentum 0.9 --nesterov.',
    );
  }
  if (name === 'rprop' && settings.batchSize !== 'full') {
    throw usageError(
      `--optimizer rprop: expected --batch-size full, as it goes by the signs of the whole gradient, got ${settings.batchSize ?? 'none'}.`,
      'Try --batch-size full, or --optimizer adam.',
    );
  }
  const constants = Object.fromEntries(given.map(key => [key, settings[key]]));
  const optimizer = makeOptimizer(name, { ...constants, nesterov, l1, clipNorm, clipValue });
  const isWhole = settings.batchSize === 'full';
  checkSearch(optimizer, { isWhole, update: settings.update, hasConstantRate: true });
  return optimizer;
}

function checkTaker(key: Constant, name: OptimizerName): void {
  const takers: readonly OptimizerName[] = TAKERS[key];
  if (takers.includes(name)) return;
  const hint =
    key === 'weightDecay' && name === 'adam'
      ? 'Try --optimizer adamw, or --l2.'
      : `Leave it out, or try --optimizer ${takers[0]}.`;
  throw usageError(`--${nameOf(key)}: expected --optimizer ${takers.join(', ')}, got ${name}.`, hint);
}
