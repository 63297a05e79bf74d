/**
 * One training that is kept in its folder: files are written as reports come in, and what is left is said if it fails. A run
 * has one, a cross-validation or an ensemble several.
 */
import { dirname } from 'node:path';
import { isDiverged, usageError } from '../../errors.js';
import { epochData } from '../../report/epochs.js';
import { openingText } from '../../report/opening.js';
import { TrainProgress } from '../../report/progress.js';
import { countRanks } from '../../session/leader.js';
import type { Interval, TrainOptions } from '../../train/options.js';
import type { Report, StartReport, TrainResult } from '../../train/reports.js';
import { train } from '../../train/train.js';
import type { Views } from '../../views/views.js';
import type { Call } from '../line/call.js';
import { tellCrowding, tellLosable, tellResumed, tellUndivided, withKept } from '../line/messages.js';
import { say } from '../line/print.js';
import type { Interruption } from '../line/signals.js';
import { classesOf, describeMachine, differenceOf } from '../settings/machine.js';
import { trainOptions } from '../settings/train-options.js';
import { conclude } from './conclude.js';
import { type Job, type Prepared, seededSettings } from './job.js';
import { Recorder } from './recorder.js';
import { trainAgain } from './refit.js';
import type { Resumption } from './resume.js';
import { sessionsOf } from './run-record.js';
import { openViews } from './views.js';

/** A rank that is lost ends all of them, so there are checkpoints even if none were asked for. */
const RANKS_INTERVAL: Interval = { every: 600, unit: 'seconds' };

/** Trains once and keeps the training in its folder, until it ends or is interrupted. */
export async function trainRun(job: Job, prepared: Prepared, call: Call) {
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

/** Shows and records the reports of a training, to its end. */
async function follow(
  training: AsyncGenerator<Report>,
  recorder: Recorder,
  views: Views,
  job: Job & Prepared & { options: TrainOptions },
): Promise<TrainResult> {
  const { settings, part } = job;
  const member = part?.kind === 'member' ? part : null;
  const progress = new TrainProgress(settings.epochs, settings.quiet || member ? null : process.stderr);
  let result!: TrainResult;
  try {
    for await (const report of training) {
      if (report.type === 'end') result = report.result;
      if (report.type === 'start') tellStart(report, job);
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

/** What is said when a training starts; of several, only by the first. */
function tellStart(
  start: StartReport,
  { settings, resumed, part, run, ...facts }: Job & Prepared & { options: TrainOptions },
): void {
  compareMachines(start, resumed);
  if ((part?.number ?? 1) === 1) {
    tellCrowding(settings);
    tellUndivided(start.ranks);
    if (!settings.quiet) {
      const isScaled = settings.scaleLr !== 'none';
      say(openingText({ ...facts, start, isScaled, isSplitByDefault: settings.validation === null }));
      if (settings.save) tellLosable(part?.run ?? run, start.ranks);
    }
  }
  if (part?.kind === 'fold' && !settings.quiet) say(`fold ${part.number} of ${part.of}`);
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
