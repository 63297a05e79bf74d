/**
 * lockstep train DATA: from a data file to a run's folder with the model in it. The folder is looked at
 * before anything costs time; the files are written as the reports come; the result goes to stdout.
 */
import type { Settings } from '../config/options.js';
import { writeSettings } from '../config/settings.js';
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { Network } from '../model/network.js';
import { epochData } from '../report/epochs.js';
import { Progress } from '../report/progress.js';
import { summaryData, summaryText } from '../report/summary.js';
import { saveModel } from '../store/model-file.js';
import { appendMetrics, modelPath, writeConfig, writeSummary } from '../store/run-directory.js';
import { hashWeights } from '../store/weights.js';
import { train } from '../train/train.js';
import type { Report, StartReport, TrainResult } from '../train/types.js';
import type { Call } from './call.js';
import { finalConfusion } from './confusion.js';
import { hiddenActivations, networkFor } from './network.js';
import { print, printJson } from './print.js';
import { makeRunFolder } from './run-folder.js';
import { unlessAborted } from './signals.js';
import { loadTables, trainOptions } from './training.js';
import { packageVersion } from './version.js';

export async function run({ operands, settings, signal }: Call): Promise<number> {
  checkTogether(settings);
  const folder = await makeRunFolder(settings.out);
  try {
    await trainInto(folder.path, operands[0]!, settings, signal);
  } catch (error) {
    await folder.discard();
    throw error;
  }
  return 0;
}

/** Options that are right by themselves and wrong together. */
function checkTogether(settings: Settings): void {
  hiddenActivations(settings);
  if (settings.init !== null && settings.initScheme !== 'auto') {
    throw usageError(
      '--init-scheme: expected none beside --init, as the file has the weights.',
      'Leave one of them out.',
    );
  }
}

async function trainInto(
  folder: string,
  source: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const { train: data, validation } = await unlessAborted(loadTables(source, settings), signal);
  const network = networkFor(data, settings);
  const options = await trainOptions(network, data, settings, signal);
  const keep = async (report: Report) => {
    if (report.type === 'start') {
      const { learningRate } = options;
      const run = { source, settings, network, data, validation, learningRate, start: report };
      await writeConfig(folder, describeRun(run));
    }
    if (report.type === 'epoch') await appendMetrics(folder, epochData(report));
  };
  const progress = new Progress(settings.epochs, settings.quiet ? null : process.stderr);
  const result = await follow(train(network, data, validation, options), progress, keep);

  const model = modelPath(folder);
  await saveModel(model, { network, task: data.task, encoding: data.encoding, weights: result.weights });
  const place = { model, weightsSha256: hashWeights(network, result.weights) };
  const confusion = await finalConfusion(network, result, validation, options);
  await writeSummary(folder, { ...summaryData(result, place), confusion });
  if (settings.json) printJson(summaryData(result, place));
  else print(summaryText(result, place));
}

/** Shows and keeps the reports of a training, to its end. */
async function follow(
  training: AsyncGenerator<Report, TrainResult>,
  progress: Progress,
  keep: (report: Report) => Promise<void>,
): Promise<TrainResult> {
  let result: TrainResult | undefined;
  const reports = async function* () {
    result = yield* training;
  };
  try {
    for await (const report of reports()) {
      progress.show(report);
      await keep(report);
    }
  } finally {
    progress.stop();
  }
  return result!;
}

/** The run's config.json: what was asked for, and what it became. Its options can be given to --config. */
function describeRun(run: {
  source: string;
  settings: Settings;
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  learningRate: number;
  start: StartReport;
}): Record<string, unknown> {
  const { type: _, ...machine } = run.start;
  return {
    lockstep: packageVersion(),
    node: process.version,
    data: run.source,
    options: writeSettings('train', run.settings),
    task: run.data.task,
    network: run.network,
    validationRows: run.validation?.rows ?? 0,
    learningRate: run.learningRate,
    ...machine,
  };
}
