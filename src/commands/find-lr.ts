/** lockstep train DATA --find-lr: the learning-rate range test. The weights are discarded. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf, OPTIONS, type OptionKey, type Settings } from '../config/options.js';
import { usageError } from '../errors.js';
import { ratesPage, ratesText } from '../report/rates.js';
import { usualRate } from '../train/defaults.js';
import { findRate, type RateTest } from '../train/jobs/find-rate.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, withPassingLine } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { makeRunFolder } from './run/run-folder.js';
import { networkFor } from './settings/network.js';
import { checkTogether, loadTables, trainOptions } from './settings/train-options.js';

/** Options that make no sense if rates rise and nothing is trained. */
const REFUSED: OptionKey[] = [
  ...(['lr', 'lrSchedule', 'warmupSteps', 'warmupEpochs', 'scaleLr', 'epochs', 'tolerance'] as const),
  ...(['folds', 'metrics', 'noiseScale', 'resume', 'checkpointEvery', 'maxTime', 'injectFault'] as const),
  ...(['batchSchedule', 'maxSteps', 'monitor', 'patience', 'minDelta', 'targetMetric', 'save'] as const),
];
/** The default range, relative to the usual rate: seven powers of ten. */
const LOW = 1e-4;
const HIGH = 1e3;
const RATES_PAGE = 'find-lr.html';

export async function findLearningRate({ line, operands, settings, signal }: Call): Promise<number> {
  check(settings);
  const folder = settings.out === null ? null : await makeRunFolder(settings.out, settings.force);
  try {
    const source = operands[0]!;
    const test = await unlessAborted(measure(source, settings, signal), signal);
    if (folder) await writePage(folder.path, test, source, line);
    if (settings.json) printJson({ ...test, page: folder && join(folder.path, RATES_PAGE) });
    else print(ratesText(test));
    return 0;
  } catch (error) {
    await folder?.discard();
    throw error;
  }
}

function check(settings: Settings): void {
  for (const key of REFUSED) {
    if (settings[key] === OPTIONS[key].default) continue;
    throw usageError(
      `--${nameOf(key)}: expected none beside --find-lr, which tries rates and keeps no weights.`,
      'Leave one of them out.',
    );
  }
  const { optimizer } = settings;
  if (optimizer === 'rprop' || optimizer === 'lbfgs') {
    throw usageError(
      `--find-lr: expected a rule that goes by its --lr, got ${optimizer}, which finds its own steps.`,
      'Try --optimizer sgd, or adam.',
    );
  }
  checkTogether(settings);
}

async function measure(source: string, settings: Settings, signal: AbortSignal): Promise<RateTest> {
  const { train: data } = await loadTables(source, settings);
  const network = networkFor(data, settings);
  const options = await trainOptions(network, data, settings, signal);
  const usual = usualRate(options.optimizer.name, data.task);
  const { lrLow, lrHigh, lrSteps: steps, quiet } = settings;
  const range = { low: lrLow ?? LOW * usual, high: lrHigh ?? HIGH * usual, steps };
  tellCrowding(settings);
  if (quiet) return findRate(network, data, options, range);
  return withPassingLine(show =>
    findRate(network, data, options, range, done => show(`${done} of ${steps} steps`)),
  );
}

async function writePage(folder: string, test: RateTest, source: string, line: string): Promise<void> {
  const page = ratesPage(test, { source, command: line, version: packageVersion() });
  await writeFile(join(folder, RATES_PAGE), page);
}
