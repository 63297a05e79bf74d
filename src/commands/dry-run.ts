/** lockstep train DATA --dry-run: checks everything and shows the plan; nothing is trained or written. */
import { nameOf, OPTIONS, type OptionKey, type Settings } from '../config/options.js';
import { writeSettings } from '../config/settings.js';
import { type Dataset, encodedBytes } from '../data/dataset.js';
import { LockstepError, usageError } from '../errors.js';
import { WINDOW_SIZES } from '../model/row-order.js';
import { formatBytes, formatCount } from '../report/format.js';
import { openingText } from '../report/opening.js';
import { renderPairs } from '../report/table.js';
import { checkOptions } from '../train/check-options.js';
import type { TrainOptions } from '../train/options.js';
import type { StartReport } from '../train/reports.js';
import { train } from '../train/train.js';
import type { Call } from './line/call.js';
import { print, printJson } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { planTraining } from './settings/tables.js';
import { checkBeforeReading } from './settings/train-options.js';

/** Options with which there is no single training that starts. */
const REFUSED: OptionKey[] = ['resume', 'folds', 'ensemble', 'findLr'];

export async function dryRun(call: Call): Promise<number> {
  const { operands, settings, signal } = call;
  const other = REFUSED.find(key => settings[key] !== OPTIONS[key].default);
  if (other !== undefined) {
    throw usageError(`--dry-run can't be combined with --${nameOf(other)}.`, 'Leave one of them out.');
  }
  checkBeforeReading(settings, call.chosen);
  return unlessAborted(showPlan(operands[0]!, call), signal);
}

async function showPlan(source: string, call: Call): Promise<number> {
  const { data, validation, network, options, settings } = await planTraining(source, call);
  const batches = checkOptions(options, data, validation);
  const steps = Math.min(options.steps ?? Number.POSITIVE_INFINITY, batches.stepsBefore(options.epochs + 1));
  const running = train(network, data, validation, options);
  const start = await startOf(running).catch(error => {
    throw needsCache(error, data, settings) ? withoutCache(error) : error;
  });
  const asked = writeSettings('train', { ...settings, ...settled(options, settings) });
  if (settings.json) {
    const { type: _, notice: __, ...machine } = start;
    const rows = { rows: data.rows, validationRows: validation?.rows ?? 0 };
    printJson({ data: data.source, ...rows, task: data.task, network, steps, ...machine, options: asked });
    return 0;
  }
  const isScaled = settings.scaleLr !== 'none';
  const isSplitByDefault = settings.validation === null;
  const facts = { network, data, validation, options, start, isScaled, isSplitByDefault };
  const opening = openingText(facts);
  const plan = renderPairs([
    ['steps', formatCount(steps)],
    ['memory', formatBytes(start.memoryBytes)],
  ]);
  const config = Object.entries(asked).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  print(`${opening}\n${plan}\n\n${config.join('\n')}`);
  return 0;
}

/** The first report of a training, which is ended before its first step. */
async function startOf(running: ReturnType<typeof train>): Promise<StartReport> {
  try {
    const { value } = await running.next();
    return value as StartReport;
  } finally {
    await running.return(undefined as never);
  }
}

/** Whether there is no plan because only a training would write the cache that the rows are read from. */
function needsCache(error: unknown, data: Dataset, { cache }: Settings): error is LockstepError {
  const isOfMemory =
    error instanceof LockstepError && error.code === 'usage' && error.message.startsWith('memory:');
  const isInCache = data.x.stored !== undefined;
  return isOfMemory && cache !== null && !isInCache && data.rows * encodedBytes(data) > WINDOW_SIZES.whole;
}

function withoutCache({ text }: LockstepError): LockstepError {
  return usageError(
    text.message,
    '--dry-run writes no cache, and without one the rows have to fit. Run it without --dry-run.',
  );
}

/** Values for the options that were left to lockstep. A rate that is scaled would be scaled again, so it stays out. */
function settled(
  { batchSize, learningRate, optimizer }: TrainOptions,
  { batchSchedule, scaleLr }: Settings,
): Partial<Settings> {
  return {
    ...(batchSchedule === null ? { batchSize } : {}),
    ...(scaleLr === 'none' ? { lr: learningRate } : {}),
    optimizer: optimizer.name,
  };
}
