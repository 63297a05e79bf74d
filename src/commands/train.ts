/**
 * lockstep train DATA: trains a model and keeps it in the folder of a run. --resume RUN continues a run. The folder is
 * checked before anything takes time, files are written as reports come in, and the result goes to stdout.
 */
import { dirname } from 'node:path';
import { nameOf, type Settings } from '../config/options.js';
import { EXIT_CODES, isDiverged, usageError } from '../errors.js';
import { goesByAllSteps } from '../model/schedule.js';
import { epochData } from '../report/epochs.js';
import { counted, formatCount } from '../report/format.js';
import { openingText } from '../report/opening.js';
import { TrainProgress } from '../report/progress.js';
import { adviseRanks, countRanks } from '../session/leader.js';
import type { Interval, TrainOptions } from '../train/options.js';
import type { Report, StartReport, TrainResult } from '../train/reports.js';
import { train } from '../train/train.js';
import type { Views } from '../views/views.js';
import type { Call } from './line/call.js';
import {
  resumeLine,
  tellCrowding,
  tellHowToResume,
  tellLosable,
  tellNext,
  tellResumed,
  tellUndivided,
  withKept,
} from './line/messages.js';
import { print, printJson, say } from './line/print.js';
import { type Interruption, unlessAborted } from './line/signals.js';
import { conclude } from './run/conclude.js';
import { finishedEnsembleText, trainEnsemble } from './run/ensemble.js';
import { findRun } from './run/find-run.js';
import { crossValidate, finishedText } from './run/folds.js';
import { type Job, type Prepared, prepare, seededSettings } from './run/job.js';
import { repeatRun } from './run/recorded-files.js';
import { Recorder } from './run/recorder.js';
import { trainAgain } from './run/refit.js';
import { openRun, type Resumption } from './run/resume.js';
import { inRunFolder, whileLocked } from './run/run-folder.js';
import { sessionsOf } from './run/run-record.js';
import { inTemporaryFolder } from './run/temporary-folder.js';
import { openViews, urlOf } from './run/views.js';
import { classesOf, describeMachine, differenceOf, refuseCoordinator } from './settings/machine.js';
import { isMissed, tellTarget } from './settings/target.js';
import { checkBeforeReading, refuseCachedFolds, trainOptions } from './settings/train-options.js';

/** A rank that is lost ends all of them, so there are checkpoints even if none were asked for. */
const RANKS_INTERVAL: Interval = { every: 600, unit: 'seconds' };

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
  if (resumed.finished) return tellFinished(resumed, call.settings.json);
  // The options of a run say all that its preset said.
  return trainInto({ ...resumed, chosen: {}, resumed, part: null }, call);
}

async function trainInto(job: Job, call: Call): Promise<number> {
  const { settings } = job;
  if (settings.save) adviseRanks(`To resume, on any number of ranks: ${resumeLine(job.run)}`);
  if (settings.maxTime !== null) call.limitTime(settings.maxTime);
  if (settings.folds !== null) return crossValidate(job, call, trainRun);
  if (settings.ensemble !== null) return trainEnsemble(job, call, trainRun);
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

/** Trains once and keeps the training in its folder, until it ends or is interrupted. */
async function trainRun(job: Job, prepared: Prepared, call: Call) {
  const { settings, resumed } = job;
  const options = await optionsOf(job, prepared, call);
  const state = options.resume;
  const sessions = sessionsOf(resumed?.config ?? {});
  const recorder = new Recorder({ ...job, ...prepared, learningRate: options.learningRate, sessions, state });
  const views = openViews(job.run, settings);
  if (resumed) tellResumed(resumed, settings.quiet || job.part?.kind === 'member');
  try {
    const { network, data, validation } = prepared;
    const running = train(network, data, validation, options);
    const ended = await follow(running, recorder, views, { ...job, ...prepared, options });
    const again =
      settings.refit && ended.stopped !== 'aborted'
        ? await trainAgain(ended, recorder, { ...job, ...prepared }, call.signal)
        : null;
    const isCut = (again ?? ended).stopped === 'aborted';
    const cut = isCut ? (call.signal.reason as Interruption) : null;
    const result = cut
      ? { ...ended, stopped: cut.isTimeLimit ? ('time' as const) : ('aborted' as const) }
      : ended;
    const refitted = cut ? null : again;
    const said = await conclude(result, recorder, { ...prepared, options, settings, refitted });
    await views.end(cut ? 'interrupted' : 'finished');
    return { ...said, start: result.start, cut, isInRefit: cut !== null && again !== null, result, options };
  } catch (error) {
    // Whatever went wrong, try to finish the checkpoint that is being written.
    await recorder.settle().catch(() => {});
    await views.end('failed').catch(() => {});
    const best = isDiverged(error) ? await recorder.keepBest().catch(() => null) : null;
    const checkpoint = recorder.lastCheckpoint ?? checkpointOf(resumed);
    throw settings.save ? withKept(error, job.part?.run ?? job.run, { checkpoint, best }) : error;
  }
}

async function optionsOf(job: Job, { network, data }: Prepared, call: Call) {
  const { resumed, run, part } = job;
  const settings = seededSettings(job);
  const resume = resumed?.found?.checkpoint.state ?? null;
  // A checkpoint has its own weights.
  const init = resume ? null : settings.init;
  return {
    ...(await trainOptions(network, data, { ...settings, init }, call.signal)),
    resume,
    checkpoint: settings.checkpointEvery ?? (countRanks() > 1 && settings.save ? RANKS_INTERVAL : null),
    requests: call.requests,
    fault: settings.injectFault,
    stallSeconds: settings.stallTimeout,
    hangFolder: settings.save ? dirname(part?.run ?? run) : '.',
  };
}

/** Shows the summary of a run that has nothing left to do. */
function tellFinished({ run, finished, found, settings }: Resumption, json: boolean): number {
  const { epochs, steps, model, target } = finished!;
  const { confusion: _, labels: __, ...summary } = finished!;
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

/** Shows and records the reports of a training, to its end. */
async function follow(
  training: AsyncGenerator<Report>,
  recorder: Recorder,
  views: Views,
  job: Job & Prepared & { options: TrainOptions },
): Promise<TrainResult> {
  const { settings, resumed, part } = job;
  const member = part?.kind === 'member' ? part : null;
  const progress = new TrainProgress(settings.epochs, settings.quiet || member ? null : process.stderr);
  let result!: TrainResult;
  try {
    for await (const report of training) {
      if (report.type === 'end') result = report.result;
      if (report.type === 'start') {
        compareMachines(report, resumed);
        const isFirst = (part?.number ?? 1) === 1;
        if (isFirst) tellCrowding(settings);
        if (isFirst) tellUndivided(report.ranks);
        if (isFirst && !settings.quiet) {
          say(
            openingText({
              ...job,
              start: report,
              isScaled: settings.scaleLr !== 'none',
              isSplitByDefault: settings.validation === null,
            }),
          );
          if (settings.save) tellLosable(part?.run ?? job.run, report.ranks);
        }
        if (part?.kind === 'fold' && !settings.quiet) say(`fold ${part.number} of ${part.of}`);
      }
      progress.show(report);
      member?.show(report);
      await recorder.keep(report);
      if (report.type === 'start') await views.begin();
      if (report.type === 'epoch') views.add(epochData(report));
    }
    await recorder.settle();
  } finally {
    progress.stop();
  }
  return result;
}

/** The checkpoint that a run is resumed from. */
function checkpointOf(resumed: Resumption | null): { path: string; steps: number } | null {
  const found = resumed?.found;
  return found ? { path: found.path, steps: found.checkpoint.state.steps } : null;
}

/** Warns if a run is resumed on another machine or by another build. */
function compareMachines(start: StartReport, resumed: Resumption | null): void {
  const before = resumed?.found && sessionsOf(resumed.found.checkpoint.run).at(-1);
  if (!before) return;
  const now = describeMachine(start);
  const classes = classesOf(before, now);
  if (classes) {
    throw usageError(
      `${resumed!.run}: the class of arithmetic was ${classes}, which would change the bits.`,
      'Resume it where it began, or start a new run, from these weights with --init.',
    );
  }
  const difference = differenceOf(before, now);
  if (difference) {
    say(`warning: ${resumed!.run}: the bits may differ from those of an uninterrupted run: ${difference}.`);
  }
}
