/** From the options of the update to an optimizer, if they go together. */

import { enumerate } from '../../config/kinds.js';
import { nameOf, type Settings } from '../../config/options.js';
import { usageError } from '../../errors.js';
import { type ConstantName, RANGES } from '../../kernels/rules/constants.js';
import {
  makeOptimizer,
  type Optimizer,
  type OptimizerName,
  rulesWith,
  usualRule,
} from '../../model/optimizer.js';
import { checkOptimizer } from '../../train/check-optimizer.js';

/** The constants of rules that have an option each. */
type Option = Exclude<ConstantName, 'nesterov'>;
const OPTIONS = Object.keys(RANGES).filter((key): key is Option => key !== 'nesterov');

/** @throws usage if options of the update don't go together */
export function optimizerFor(settings: Settings): Optimizer {
  const { hidden, nesterov, l1, clipNorm, clipValue } = settings;
  const name = settings.optimizer ?? usualRule(hidden.length);
  const given = OPTIONS.filter(key => settings[key] !== null);
  for (const key of given) checkTaker(key, settings[key]!, name);
  if (nesterov && (name !== 'sgd' || !settings.momentum)) {
    throw usageError(
      `--nesterov needs --optimizer sgd and a --momentum above 0; ${ruleText(name)}${name === 'sgd' ? ' and there is no momentum' : ''}.`,
      'Try --optimizer sgd --momentum 0.9 --nesterov.',
    );
  }
  const constants = Object.fromEntries(given.map(key => [key, settings[key]]));
  const flags = nesterov ? { nesterov } : {};
  const optimizer = makeOptimizer(name, { ...constants, ...flags, l1, clipNorm, clipValue });
  const isWhole = settings.batchSize === 'full';
  checkOptimizer(optimizer, { isWhole, update: settings.update, hasConstantRate: true });
  return optimizer;
}

function checkTaker(key: Option, value: number, name: OptimizerName): void {
  const takers = rulesWith(key);
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
