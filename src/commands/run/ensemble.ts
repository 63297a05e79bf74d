/**
 * lockstep train DATA --ensemble N: trains N members that differ only in their seeds, several at once on the cores of this
 * machine. Each is kept in a folder within the run's, like any other training; an interrupted one is resumed, finished ones are kept. Their
 * weights become one model, which predicts their mean.
 */
import { join } from 'node:path';
import { failure, LockstepError } from '../../errors.js';
import { lanesOf } from '../../lab/lanes.js';
import { sideBySide } from '../../lab/side-by-side.js';
import { joinMembers } from '../../model/members.js';
import { type EnsembleSummary, ensembleData, ensembleText, sameMembersText } from '../../report/ensemble.js';
import { EnsembleProgress } from '../../report/ensemble-progress.js';
import type { FoldSummary } from '../../report/folds.js';
import { counted } from '../../report/format.js';
import { countRanks } from '../../session/leader.js';
import { bestPath } from '../../store/checkpoint-folder.js';
import { loadModel, saveModel } from '../../store/model-file.js';
import { checkRules } from '../../store/rules.js';
import { clearRun } from '../../store/run-directory.js';
import { memberPath, modelPath, type Plain, RUN_FILES, writeSummary } from '../../store/run-files.js';
import { hashWeights } from '../../store/weights.js';
import type { Call } from '../line/call.js';
import { tellHowToResume, tellNext } from '../line/messages.js';
import { print, printJson, say } from '../line/print.js';
import { Interruption, unlessAborted } from '../line/signals.js';
import { pick } from '../settings/pick.js';
import { tellMissedParts } from '../settings/target.js';
import { trainOptions } from '../settings/train-options.js';
import { compareModel } from './conclude.js';
import { finalFigures } from './final-figures.js';
import { checkUnchanged, type Job, type Prepared, prepare, prepareTables } from './job.js';
import { openPart } from './parts.js';
import { inRunFolder } from './run-folder.js';
import { trainRun } from './train-run.js';

/** Trains the members that are not finished, writes the model of all, and prints its figures. Returns the exit code. */
export async function trainEnsemble(job: Job, call: Call): Promise<number> {
  const { run, resumed } = job;
  const { job: placed, prepared } = await unlessAborted(prepare(job), call.signal);
  const { settings } = placed;
  if (resumed) {
    checkRules(resumed.config.rules, join(run, RUN_FILES.config));
    checkUnchanged(placed, resumed.config, { train: prepared.data, validation: prepared.validation });
  }
  const ended = await trainMembers(placed, prepared, call);
  if (!Array.isArray(ended)) {
    const done = `with ${ended.finished} of ${counted(settings.ensemble!, 'member')} finished`;
    if (settings.save) tellHowToResume(run, ended.cut, done);
    return ended.cut.exitCode;
  }
  const { summary, warning } = await conclude(ended, placed, prepared, call.signal);
  if (settings.json) printJson(settings.save ? summary : { ...summary, model: null });
  else print(ensembleText(summary));
  say(sameMembersText(ended));
  say(warning);
  if (!settings.json && !settings.quiet && settings.save) tellNext(run, prepared.data, settings);
  return tellMissedParts(ended, 'members');
}

/** The summaries of all members in their order, or what interrupted them. */
async function trainMembers(
  job: Job,
  prepared: Prepared,
  call: Call,
): Promise<FoldSummary[] | { cut: Interruption; finished: number }> {
  const { run, settings } = job;
  const count = settings.ensemble!;
  const befores = await Promise.all(
    Array.from({ length: count }, (_, i) => (job.resumed ? openPart(memberPath(run, i + 1)) : null)),
  );
  const summaries = befores.map(before => (before?.finished as FoldSummary | undefined) ?? null);
  const waiting = befores.flatMap((before, i) => (before?.finished ? [] : [i + 1]));
  // The ranks of a training work on it together.
  const isAlone = countRanks() === 1;
  const lanes = isAlone
    ? lanesOf(waiting.length, pick(settings, 'workers', 'shards'), prepared, settings.parallel)
    : { count: 1, workers: null };
  const stop = new AbortController();
  const signal = AbortSignal.any([call.signal, stop.signal]);
  const progress = new EnsembleProgress(
    count,
    count - waiting.length,
    settings.quiet ? null : process.stderr,
  );
  let cut: Interruption | null = null;
  const folders = Array.from({ length: count }, (_, i) => memberPath(run, i + 1));
  let clearing: Promise<void> | null = null;
  const clear = async () => {
    if (!settings.force || job.resumed) return;
    clearing ??= clearRun(run, folders);
    await clearing;
  };

  async function* lane(number: number): AsyncGenerator<void, void> {
    const path = memberPath(run, number);
    const before = befores[number - 1] ?? null;
    const show = progress.of(number);
    const member: Job = {
      ...{ run: path, settings, chosen: {}, source: job.source, otherPlaces: [] },
      part: { kind: 'member', number, of: count, run, workers: lanes.workers, show, clear },
      resumed: before && { ...job.resumed!, run: path, ...before, finished: null },
    };
    const { data: train, validation, fingerprint } = prepared;
    const own = prepareTables(member, { train, validation, fingerprint });
    const ended = await inRunFolder(path, true, () => trainRun(member, own, { ...call, signal })).catch(
      error => {
        throw ofMember(error, number);
      },
    );
    cut ??= ended.cut;
    if (ended.cut === null) {
      summaries[number - 1] = ended.summary as FoldSummary;
      progress.end(number, ended.summary as FoldSummary);
    }
    yield;
  }

  const next = () => {
    if (call.signal.aborted) cut ??= call.signal.reason as Interruption;
    const number = cut ? undefined : waiting.shift();
    return number === undefined ? null : lane(number);
  };
  try {
    const others = () => stop.abort(new Interruption('another member has failed', 1));
    for await (const _ of sideBySide(Math.max(1, lanes.count), next, others));
  } finally {
    progress.stop();
  }
  const finished = summaries.filter(summary => summary !== null);
  return cut ? { cut, finished: finished.length } : finished;
}

/** Adds the member to the message, unless the error is one of the options, which all members have. */
function ofMember(error: unknown, number: number): unknown {
  if (!(error instanceof LockstepError) || error.code === 'usage') return error;
  const { code, cause, text } = error;
  return new LockstepError(code, `member ${number}: ${text.message}`, {
    ...(text.hint !== undefined && { hint: text.hint }),
    cause,
  });
}

/** Writes the model and the summary. */
async function conclude(
  results: readonly FoldSummary[],
  { run, settings }: Job,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<{ summary: EnsembleSummary; warning: string | null }> {
  const { network, data, validation } = prepared;
  const paths = results.map((_, i) => memberPath(run, i + 1));
  const joined = async (files: readonly string[]) =>
    joinMembers((await Promise.all(files.map(loadModel))).map(({ weights }) => weights));
  const weights = await joined(paths.map(modelPath));
  const model = modelPath(run);
  await saveModel(model, { network, task: data.task, encoding: data.encoding, weights });
  // The second training of --refit has learnt from the validation rows: the models of the first are judged.
  const judged = settings.refit ? await joined(paths.map(bestPath)) : weights;
  const options = await trainOptions(network, data, { ...settings, init: null }, signal);
  const metrics = Object.keys(results[0]!.validation ?? {}).filter(name => !USUAL.includes(name));
  const { validation: figures, detail } = await finalFigures({ network, weights: judged }, validation, {
    ...options,
    metrics,
  });
  const summary = ensembleData(results, figures, { model, weightsSha256: hashWeights(network, weights) });
  const compared = compareModel(figures, summary.training, { network, data, validation, options });
  const whole = { ...summary, ...(compared && { baseline: compared.baseline }) };
  await writeSummary(run, { ...whole, ...detail });
  return { summary: whole, warning: compared?.warning ?? null };
}

/** Figures that every judgement has. */
const USUAL = ['loss', 'accuracy', 'rmse'];

/** The results of a finished ensemble. @throws failed if its summary is not that of an ensemble */
export function finishedEnsembleText(run: string, finished: Plain): string {
  if (Array.isArray(finished.results)) return ensembleText(finished as unknown as EnsembleSummary);
  throw failure(`${join(run, RUN_FILES.summary)}: expected the results of members, got none.`);
}
