/** lockstep train DATA --find-lr: the learning-rate range test. The weights are discarded. */
import { join } from 'node:path';
import { nameOf, OPTIONS, type OptionKey } from '../config/options.js';
import type { Loaded } from '../data/load.js';
import { usageError } from '../errors.js';
import { ratesPage, ratesText } from '../report/rates.js';
import { writeAtomically } from '../store/atomic.js';
import { usualRate } from '../train/defaults.js';
import { findRate, type RateTest } from '../train/jobs/find-rate.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, say, withPassingLine } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { inRunFolder } from './run/run-folder.js';
import { hasPreset } from './settings/preset.js';
import { planTraining } from './settings/tables.js';
import { checkBeforeReading } from './settings/train-options.js';

/** Options that make no sense if rates rise and nothing is trained. */
const REFUSED: OptionKey[] = [
  ...(['lr', 'lrSchedule', 'warmupSteps', 'warmupEpochs', 'scaleLr', 'epochs', 'tolerance'] as const),
  ...([
    'folds',
    'ensemble',
    'refit',
    'keepEpoch',
    'metrics',
    'noiseScale',
    'resume',
    'checkpointEvery',
    'maxTime',
    'injectFault',
  ] as const),
  ...(['batchSchedule', 'maxSteps', 'monitor', 'patience', 'minDelta', 'targetMetric', 'save'] as const),
  ...(['tensorboard', 'mlflow'] as const),
];
/** The default range, relative to the usual rate: seven powers of ten. */
const LOW = 1e-4;
const HIGH = 1e3;
const RATES_PAGE = 'find-lr.html';

export async function findLearningRate(call: Call): Promise<number> {
  const { out, force } = call.settings;
  check(call);
  return out === null ? testRates(call, null) : inRunFolder(out, force, folder => testRates(call, folder));
}

async function testRates(call: Call, folder: string | null): Promise<number> {
  const { line, operands, settings, signal } = call;
  const source = operands[0]!;
  const test = await unlessAborted(measure(source, call), signal);
  const path = folder && join(folder, RATES_PAGE);
  if (path)
    await writeAtomically(path, [ratesPage(test, { source, command: line, version: packageVersion() })]);
  if (settings.json) printJson({ ...test, page: path });
  else print(ratesText(test));
  return 0;
}

function check({ settings, chosen }: Call): void {
  for (const key of REFUSED) {
    if (settings[key] === OPTIONS[key].default) continue;
    throw usageError(
      `--${nameOf(key)} can't be combined with --find-lr, which tries rates and keeps no weights.`,
      'Leave one of them out.',
    );
  }
  const { optimizer } = settings;
  if (optimizer === 'rprop' || optimizer === 'lbfgs') {
    throw usageError(
      `--find-lr can't be combined with --optimizer ${optimizer}, which finds the size of its steps itself.`,
      'Try --optimizer sgd or --optimizer adam.',
    );
  }
  checkBeforeReading(settings, chosen);
}

/** A rate that is given replaces the recipe for tables, which a training without one would take. */
function tellRecipe({ settings, chosen }: Call, tables: Loaded): void {
  const { findLr: _, ...others } = chosen;
  if (settings.preset !== 'auto' || !hasPreset(settings, others, tables)) return;
  say(
    'note: without --lr, train takes the recipe for tables and its rates. Add --preset tabular here and there to find and use a rate in it.',
  );
}

async function measure(source: string, call: Call): Promise<RateTest> {
  const { data, validation, network, options, settings } = await planTraining(source, call);
  const usual = usualRate(options.optimizer.name, data.task);
  const { lrLow, lrHigh, lrSteps: steps, quiet } = settings;
  const range = { low: lrLow ?? LOW * usual, high: lrHigh ?? HIGH * usual, steps };
  tellCrowding(settings);
  if (quiet) return findRate(network, data, options, range);
  tellRecipe(call, { train: data, validation });
  return withPassingLine(show =>
    findRate(network, data, options, range, done => show(`${done} of ${2 * steps} steps`)),
  );
}
