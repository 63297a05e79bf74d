/** lockstep bench: the throughput of one training configuration on random rows. */
import { readFile } from 'node:fs/promises';
import { describeCause, usageError } from '../errors.js';
import { type BenchOptions, type BenchResult, bench } from '../lab/bench/bench.js';
import { searches } from '../model/optimizer.js';
import { benchText, comparisonText } from '../report/bench.js';
import type { Call } from './line/call.js';
import { tellCrowding, tellUndivided } from './line/messages.js';
import { print, printJson, say, withPassingLine } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { refuseCoordinator } from './settings/machine.js';
import { onlyActivation } from './settings/network.js';
import { optimizerFor } from './settings/optimizer.js';

const DEFAULT_BATCH_ROWS = 1024;
const DEFAULT_LAYERS = [784, 128, 10];

export async function run({ settings, signal }: Call): Promise<number> {
  refuseCoordinator(settings);
  return unlessAborted(measure(settings), signal);
}

async function measure(settings: Call['settings']): Promise<number> {
  const { rows, seconds, workers, shards, walk, exchange, backend, blas, update, seed, json, compare } =
    settings;
  const activation = onlyActivation(settings);
  const [layers = DEFAULT_LAYERS, secondNet] = settings.layers ?? [];
  if (secondNet !== undefined) {
    throw usageError('--layers: expected one network, got several.', `Try --layers ${layers}.`);
  }
  const before = compare === null ? null : await readResult(compare);
  const batchSize = settings.batchSize === 'full' ? rows : (settings.batchSize ?? DEFAULT_BATCH_ROWS);
  const options = { layers, activation, batchSize, rows, seconds, update, seed };
  const optimizer = optimizerFor(
    {
      ...settings,
      optimizer: settings.optimizer ?? 'sgd',
      batchSize: batchSize === rows ? 'full' : batchSize,
    },
    'bench',
  );
  if (searches(optimizer)) {
    throw usageError(
      `--optimizer ${optimizer.name}: bench measures only optimizers that take one gradient per step.`,
      `Try --optimizer sgd: each evaluation in the line search of ${optimizer.name} costs as much as one of its steps.`,
    );
  }
  if (before) checkSame({ ...options, optimizer }, before);
  const asked = { ...options, optimizer, workers, shards, walk, exchange, backend, blas };
  tellCrowding(settings);
  const result = await withPassingLine(show => bench(asked, show));
  say(result.notice);
  tellUndivided(result.ranks);
  if (json) printJson(result);
  else print(benchText(result));
  if (before && !json) print(`\n${comparisonText(result, before)}`);
  return 0;
}

/** What two results must have in common, or their ratio means nothing. */
const COMPARED = ['layers', 'activation', 'batchSize', 'rows', 'optimizer'] as const;

/** @throws usage if the two results are not comparable */
function checkSame(now: Pick<BenchOptions, (typeof COMPARED)[number]>, before: BenchResult): void {
  for (const name of COMPARED) {
    const [expected, got] = [now[name], before[name]].map(value => JSON.stringify(value) ?? 'none');
    if (expected === got) continue;
    throw usageError(`--compare: expected a result with the same ${name}, ${expected}, got ${got}.`);
  }
}

/** Reads an earlier result. @throws usage if the file does not hold one */
async function readResult(path: string): Promise<BenchResult> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw usageError(`--compare ${path}: the file cannot be read: ${describeCause(cause)}.`);
  }
  try {
    const result = JSON.parse(text) as BenchResult;
    const numbers = [result.samplesPerSecond, result.gflops, result.productGflops];
    if (numbers.every(number => Number.isFinite(number) && number > 0)) return result;
  } catch {
    // Not JSON, so not a result: reported below.
  }
  throw usageError(
    `--compare ${path}: expected the output of lockstep bench --json, got something else.`,
    'Write one with: lockstep bench --json > before.json',
  );
}
