/** Makes the optimizer from the options of the update. */
import { type CommandName, needsOf, OPTION_KEYS, type Settings } from '../../config/options.js';
import { usageError } from '../../errors.js';
import { makeOptimizer, type Optimizer, usualRule } from '../../model/optimizer.js';
import { checkOptimizer } from '../../train/check-optimizer.js';
import { checkNeeds } from './needs.js';

/** The constants of an optimizer: options that need certain values of --optimizer. */
const CONSTANTS = OPTION_KEYS.filter(key => needsOf(key, 'train').some(([other]) => other === 'optimizer'));

/** @throws usage if options of the update cannot be combined */
export function optimizerFor(settings: Settings, command: CommandName = 'train'): Optimizer {
  const {
    hidden,
    nesterov,
    l1,
    clipNorm,
    clipValue,
    biasLr: biasRate,
    fanInLr: fanInRate,
    inputScale,
  } = settings;
  const name = settings.optimizer ?? usualRule(hidden.length);
  checkNeeds(command, { ...settings, optimizer: name }, { keys: CONSTANTS });
  if (nesterov && (name !== 'sgd' || !settings.momentum)) {
    throw usageError(
      `--nesterov needs --optimizer sgd and a --momentum above 0; got ${name}${name === 'sgd' ? ' without momentum' : ''}.`,
      'Try --optimizer sgd --momentum 0.9 --nesterov.',
    );
  }
  const given = CONSTANTS.filter(key => settings[key] !== null);
  const constants = Object.fromEntries(given.map(key => [key, settings[key]]));
  const flags = nesterov ? { nesterov } : {};
  const optimizer = makeOptimizer(name, {
    ...constants,
    ...flags,
    l1,
    clipNorm,
    clipValue,
    biasRate,
    fanInRate,
    inputScale,
  });
  const isWhole = settings.batchSize === 'full';
  checkOptimizer(optimizer, { isWhole, update: settings.update, hasConstantRate: true });
  return optimizer;
}
