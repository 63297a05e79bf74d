/** Messages of trainings on stderr: what is trained, warnings, and what to type next. */
import { extname } from 'node:path';
import { messageInFlags, optionWords, shellLine } from '../../config/flags.js';
import type { Settings } from '../../config/options.js';
import { defaults, writeSettings } from '../../config/settings.js';
import type { Dataset } from '../../data/dataset.js';
import { formatOfName, unpackedName } from '../../data/spool/format.js';
import { type ErrorCode, LockstepError } from '../../errors.js';
import { quoteList } from '../../quote.js';
import { formatCount } from '../../report/format.js';
import { usableCores } from '../../session/cores.js';
import type { RanksReport } from '../../session/session.js';
import type { Resumption } from '../run/resume.js';
import { pick } from '../settings/pick.js';
import { say } from './print.js';
import type { Interruption } from './signals.js';

/** Tells from where a run is resumed, unless quiet, and always which checkpoints are damaged. */
export function tellResumed({ run, found, damaged }: Resumption, quiet: boolean): void {
  for (const error of damaged) say(`warning: ${messageInFlags(error)} An earlier checkpoint is used.`);
  if (quiet) return;
  const state = found?.checkpoint.state;
  if (state) say(`${run}: resuming after step ${formatCount(state.steps)}, in epoch ${state.epoch}.`);
  else say(`${run}: no checkpoint was written yet; starting from the beginning.`);
}

/** Warns if there are more workers than cores, and tells how to get the same bits in less time. */
export function tellCrowding({ workers, shards }: Pick<Settings, 'workers' | 'shards'>): void {
  const cores = usableCores();
  if (workers === 'auto' || workers <= cores) return;
  const same = shards === 'auto' ? '' : ` --shards ${shards}`;
  say(
    `warning: --workers ${workers} is more than ${cores === 1 ? 'the one core' : `the ${cores} cores`}, which is slower and gives the same bits. ` +
      `Try --workers ${cores}${same}.`,
  );
}

/** Tells if ranks don't divide their work, and what would. */
export function tellUndivided(ranks: RanksReport | undefined): void {
  if (!ranks || ranks.divides) return;
  say(
    `note: steps of this size are walked by block, as a whole on each of the ${ranks.size} ranks, which is no faster than one. ` +
      '--walk shard divides them among the ranks; its bits are others.',
  );
}

/** Tells beforehand what to type if a rank is lost: most launchers then end the others before they can. */
export function tellLosable(run: string, ranks: RanksReport | undefined): void {
  if (ranks) say(`note: if a rank is lost, all end. To resume, on any number of ranks: ${resumeLine(run)}`);
}

/** Tells which columns are written under other names, because names differ only in upper and lower case. */
export function tellRenamed(names: readonly string[], written: readonly string[]): void {
  for (const [j, name] of names.entries()) {
    if (written[j] === name) continue;
    say(
      `note: another column's name differs from ${quoteList([name])} only in upper and lower case: it is written as ${quoteList([written[j]!])}.`,
    );
  }
}

/**
 * Tells what to type after a training, in at most four lines. A model does not know how its files were laid out, so the lines do.
 * Only models of tables can be explained column by column; the others have a report to look at.
 */
export function tellNext(run: string, { source, encoding }: Dataset, settings: Settings): void {
  const isTable = encoding.kind === 'table';
  const extension = formatOfName(source) === null ? '.csv' : extname(unpackedName(source));
  const rows = (name: string) => (isTable ? `${name}${extension}` : `${name}/`);
  const layout = pick(settings, 'format', 'delimiter', 'quote', 'comment', 'skipRows');
  const asTrained = optionWords(writeSettings('train', { ...defaults(), ...layout }));
  const lines = [
    ['evaluate', run, rows('test'), ...asTrained],
    ['predict', run, rows('new'), ...asTrained, '--out', 'predictions.csv'],
    isTable && !encoding.targetIsInput ? ['explain', run, rows('test'), ...asTrained] : ['report', run],
    ['export', run, '--to', 'onnx'],
  ];
  const typed = lines.map(words => shellLine(['lockstep', ...words]));
  say(typed.map((line, i) => `${i === 0 ? 'next' : '    '}  ${line}`).join('\n'));
}

/** @param where the training was interrupted: in fold 2 */
export function tellHowToResume(run: string, { message }: Interruption, where: string): void {
  say(`${message}: stopped ${where}. To resume: ${resumeLine(run)}`);
}

/** What a failed training leaves: its newest checkpoint, and the model of its best epoch. */
export interface Left {
  checkpoint: { path: string; steps: number } | null;
  best: { path: string; epoch: number } | null;
}

/** The error, with a hint at what is left, if anything. */
export function withKept(error: unknown, run: string, { checkpoint, best }: Left) {
  if (!(error instanceof LockstepError) || !(checkpoint || best)) return error;
  const { code, cause } = error;
  const { message, hint } = error.text;
  const lines = [
    ...(hint === undefined ? [] : [hint]),
    ...(best ? [`${best.path} is the model after epoch ${best.epoch}, the best.`] : []),
    ...(checkpoint ? [onwardFrom(checkpoint, run, code)] : []),
  ];
  return new LockstepError(code, message, { hint: lines.join('\n'), cause });
}

/** A resumed training would diverge again; one with other options can start from the checkpoint. */
function onwardFrom({ path, steps }: NonNullable<Left['checkpoint']>, run: string, code: ErrorCode): string {
  const what = `${path} holds the training after step ${formatCount(steps)}`;
  return code === 'diverged'
    ? `${what}: lockstep train … ${shellLine(['--init', path])} starts from it.`
    : `${what}. To resume: ${resumeLine(run)}`;
}

/** What resumes a run. */
export function resumeLine(run: string): string {
  return shellLine(['lockstep', 'train', '--resume', run]);
}
