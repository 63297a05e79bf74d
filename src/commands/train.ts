/**
 * lockstep train DATA: trains a model and keeps it in the folder of a run. --resume RUN continues a run. The folder is
 * checked before anything takes time, and the result goes to stdout.
 */
import { nameOf, type Settings } from '../config/options.js';
import { EXIT_CODES, usageError } from '../errors.js';
import { goesByAllSteps } from '../model/schedule.js';
import { counted, formatCount } from '../report/format.js';
import { adviseRanks } from '../session/leader.js';
import { removeTemporaries } from '../store/atomic.js';
import type { Call } from './line/call.js';
import { resumeLine, tellHowToResume, tellNext } from './line/messages.js';
import { print, printJson, say } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { finishedEnsembleText, trainEnsemble } from './run/ensemble.js';
import { withoutDetail } from './run/final-figures.js';
import { findRun } from './run/find-run.js';
import { crossValidate, finishedText } from './run/folds.js';
import { type Job, prepare } from './run/job.js';
import { repeatRun } from './run/recorded-files.js';
import { openRun, type Resumption } from './run/resume.js';
import { inRunFolder, whileLocked } from './run/run-folder.js';
import { inTemporaryFolder } from './run/temporary-folder.js';
import { trainRun } from './run/train-run.js';
import { urlOf } from './run/views.js';
import { refuseCoordinator } from './settings/machine.js';
import { isMissed, tellTarget } from './settings/target.js';
import { checkBeforeReading, refuseCachedFolds } from './settings/train-options.js';

export async function run(asked: Call): Promise<number> {
  const call = await repeatRun(withData(await withRun(asked)));
  const { settings, chosen, operands } = call;
  refuseCoordinator(settings);
  if (settings.mlflow !== null) urlOf(settings.mlflow);
  if (settings.dryRun) {
    const { dryRun } = await import('./dry-run.js');
    return dryRun(call);
  }
  if (settings.findLr) {
    // The plots of its page take time to load.
    const { findLearningRate } = await import('./find-lr.js');
    return findLearningRate(call);
  }
  if (!settings.save) checkUnsaved(settings);
  else if (settings.resume !== null) return whileLocked(settings.resume, () => resume(call));
  checkBeforeReading(settings, call.chosen);
  const trainIn = (run: string) =>
    trainInto(
      { run, source: operands[0]!, otherPlaces: [], settings, chosen, resumed: null, part: null },
      call,
    );
  if (!settings.save) return inTemporaryFolder(trainIn);
  return inRunFolder(settings.out, settings.force, run => whileLocked(run, () => trainIn(run)));
}

/** @throws usage if an option needs a folder that is kept */
function checkUnsaved(settings: Settings): void {
  for (const key of ['out', 'resume', 'checkpointEvery', 'tensorboard', 'mlflow'] as const) {
    if (settings[key] === null) continue;
    throw usageError(
      `--no-save can't be combined with --${nameOf(key)}: no folder is kept.`,
      'Leave one of them out.',
    );
  }
}

/** --resume of a search resumes its best trial. @throws as findRun */
async function withRun(call: Call): Promise<Call> {
  const { resume } = call.settings;
  if (resume === null) return call;
  return { ...call, settings: { ...call.settings, resume: await findRun(resume) } };
}

/** Takes --data for the DATA of a run that is resumed or repeated. @throws usage if there is no such run, or DATA is given */
function withData(call: Call): Call {
  const { operands, settings, recorded } = call;
  const { data, resume } = settings;
  if (data === null) return call;
  if (resume === null && recorded === null) {
    throw usageError(
      '--data is for the data of a run that is resumed or repeated.',
      'Name the run with --resume RUN or --config RUN/config.json.',
    );
  }
  if (operands.length === 0) return { ...call, operands: [data] };
  throw usageError(`--data can't be combined with DATA; got ${operands[0]}.`, 'Leave one of them out.');
}

/** Resumes a run, which no other process writes to. */
async function resume(call: Call): Promise<number> {
  const resumed = await openRun(call);
  refuseCachedFolds(resumed.settings);
  await removeTemporaries(resumed.run);
  if (resumed.finished) return tellFinished(resumed, call.settings.json);
  // The options of a run say all that its preset said.
  return trainInto({ ...resumed, chosen: {}, resumed, part: null }, call);
}

async function trainInto(job: Job, call: Call): Promise<number> {
  const { settings } = job;
  if (settings.save) adviseRanks(`To resume, on any number of ranks: ${resumeLine(job.run)}`);
  if (settings.maxTime !== null) call.limitTime(settings.maxTime);
  if (settings.folds !== null) return crossValidate(job, call);
  if (settings.ensemble !== null) return trainEnsemble(job, call);
  const { job: placed, prepared } = await unlessAborted(prepare(job), call.signal);
  const { summary, text, warning, cut, isInRefit, result, options } = await trainRun(placed, prepared, call);
  if (settings.json) printJson(settings.save ? summary : { ...summary, model: null });
  else print(text);
  say(warning);
  if (!cut) {
    if (!settings.json && !settings.quiet && settings.save) tellNext(job.run, prepared.data, placed.settings);
    return tellTarget(result, options);
  }
  const where = isInRefit ? 'in the training on all rows' : `after step ${formatCount(result.steps)}`;
  if (settings.save) tellHowToResume(job.run, cut, where);
  return cut.exitCode;
}

/** Shows the summary of a run that has nothing left to do. */
function tellFinished({ run, finished, found, settings }: Resumption, json: boolean): number {
  const { epochs, steps, model, target } = finished!;
  const summary = withoutDetail(finished!);
  if (json) printJson(summary);
  else if (settings.folds !== null) print(finishedText(run, summary));
  else if (settings.ensemble !== null) print(finishedEnsembleText(run, summary));
  else {
    const onward = !found
      ? 'It has no checkpoint to resume from.'
      : goesByAllSteps(settings.lrSchedule)
        ? `It can't be extended, because --lr-schedule ${settings.lrSchedule} depends on the last step.`
        : 'Extend it with --epochs N.';
    print(
      `${run}: finished after ${counted(Number(epochs), 'epoch')}, ${counted(Number(steps), 'step')}: ${model}. ${onward}`,
    );
  }
  return isMissed(target) ? EXIT_CODES.unreached : 0;
}
