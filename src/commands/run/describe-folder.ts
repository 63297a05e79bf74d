/** The text of `info` for the folder of a search, a study, a cross-validation or an unfinished ensemble: what it is, its progress, what to type next. */
import { join } from 'node:path';
import { shellLine } from '../../config/flags.js';
import type { Study } from '../../lab/scale/schema.js';
import type { Tuning } from '../../lab/tune/schema.js';
import { type FoldSummary, foldsData } from '../../report/folds.js';
import { counted, formatCount, formatDuration, formatFigure } from '../../report/format.js';
import { formatMetric, nameOfMetric } from '../../report/metric.js';
import type { Progress } from '../../report/page.js';
import { renderPairs } from '../../report/table.js';
import { bestText, originText, searchText, valueText } from '../../report/tune/words.js';
import { type PartFiles, readParts } from '../../store/read-parts.js';
import { recordFromHere } from './recorded-files.js';
import { type Found, readStudyFolder } from './study-folder.js';

/** The same for people and for --json. */
export interface Description {
  text: string;
  data: Record<string, unknown>;
}

/** null for any other folder. @throws usage, failed if its files cannot be read */
export async function describeFolder(folder: string): Promise<Description | null> {
  const found = await readStudyFolder(folder);
  if (found === null) return describeParts(folder);
  return found.kind === 'search' ? describeSearch(folder, found) : describeStudy(folder, found);
}

function describeSearch(
  folder: string,
  { tuning, progress }: Extract<Found, { kind: 'search' }>,
): Description {
  const { best, command, configuration } = tuning;
  const { space, metric, subject } = configuration;
  const values = space.map(({ name }) => `${name} ${valueText(best?.values[name])}`).join(', ');
  const whole = best ? evaluateOrReport(folder, 'best') : reportLine(folder);
  return {
    text: renderPairs([
      ['search', `${folder}: ${space.map(({ name }) => name).join(', ')}, on ${subject.data}`],
      ['how', searchText(tuning)],
      ...fromPairs(tuning),
      ['so far', progressText(progress, 'epochs')],
      ['best', best ? `${bestText(best, metric)}: ${values}` : 'none'],
      ['next', progress ? command : whole],
    ]),
    data: { search: folder, command, configuration, finished: progress === null, progress, best },
  };
}

/** The earlier trials that are tried first. */
function fromPairs({ configuration }: Tuning): [string, string][] {
  const { warmStart } = configuration;
  return warmStart === null ? [] : [['from', warmStart.first.map(originText).join('; ') || 'no trial fits']];
}

function describeStudy(
  folder: string,
  { header, study, progress }: Extract<Found, { kind: 'study' }>,
): Description {
  const { command, configuration } = header;
  const { mode, networks, workers, batchSizes, backends, data } = configuration;
  const what = `${networks.join(' and ')} on ${data ?? 'random rows'}, ${backends.join(', ')}`;
  const best = study && bestOf(study);
  return {
    text: renderPairs([
      ['study', `${folder}: ${mode}, ${what}`],
      ['of', `workers ${workers.join(', ')}; batches of ${batchSizes.map(formatCount).join('; ')}`],
      ['so far', progressText(progress, 'measurements')],
      ['best', best?.text ?? (progress ? 'none yet' : 'none')],
      ['next', progress ? command : reportLine(folder)],
    ]),
    data: {
      study: folder,
      command,
      configuration,
      finished: progress === null,
      progress,
      best: best?.data ?? null,
    },
  };
}

/** The point with the most samples per second, or the batch size that reached the target in the least time. */
function bestOf(study: Study): Description | null {
  if (study.mode !== 'batch') {
    const [first] = study.points
      .filter(({ role }) => role !== 'barrier')
      .sort((a, b) => b.samplesPerSecond.median - a.samplesPerSecond.median);
    const { id, samplesPerSecond } = first!;
    return {
      text: `${formatCount(samplesPerSecond.median)} samples/s: ${id}`,
      data: { point: id, samplesPerSecond: samplesPerSecond.median },
    };
  }
  const points = study.curves.flatMap(({ id, points }) =>
    points.flatMap(({ batchSize, best }) => (best ? { curve: id, batchSize, ...best } : [])),
  );
  const [first] = points.sort((a, b) => a.seconds - b.seconds);
  if (first === undefined) return null;
  const { curve, batchSize, learningRate, steps, seconds } = first;
  return {
    text: `the target in ${formatDuration(seconds)}, ${counted(steps, 'step')}: ${curve}, batches of ${formatCount(batchSize)}, lr ${formatFigure(learningRate)}`,
    data: { curve, batchSize, learningRate, steps, seconds },
  };
}

/** null if the folder is that of something else, or of an ensemble with a model. */
async function describeParts(folder: string): Promise<Description | null> {
  const parts = await readParts(folder);
  if (parts?.kind === 'fold') return describeFolds(folder, parts);
  const isWhole = parts?.runs.filter(({ summary }) => summary).length === parts?.total;
  return parts && !isWhole ? describeMembers(folder, parts) : null;
}

async function describeMembers(
  folder: string,
  { config, total, runs, begun }: PartFiles,
): Promise<Description> {
  const { data } = await recordFromHere(folder, config);
  const progress = { done: runs.filter(({ summary }) => summary).length, total };
  return {
    text: renderPairs([
      ['ensemble', `${folder}: ${counted(total, 'member')} on ${data}`],
      ['so far', progressText(progress, 'members')],
      ['next', shellLine(['lockstep', 'train', '--resume', folder])],
    ]),
    data: { ensemble: folder, data, finished: false, progress, begun },
  };
}

async function describeFolds(
  folder: string,
  { config, total, runs, begun }: PartFiles,
): Promise<Description> {
  const { data } = await recordFromHere(folder, config);
  const results = runs.flatMap(({ summary }) => (summary ? [summary as FoldSummary] : []));
  const isWhole = results.length === total;
  const progress = isWhole ? null : { done: results.length, total };
  const validation = results.length === 0 ? null : foldsData(results).validation;
  const figures = Object.entries(validation ?? {}).map(
    ([name, value]) => `${nameOfMetric(name)} ${value === null ? 'undefined' : formatMetric(name, value)}`,
  );
  const next = isWhole
    ? evaluateOrReport(folder, 'fold-1')
    : shellLine(['lockstep', 'train', '--resume', folder]);
  return {
    text: renderPairs([
      ['folds', `${folder}: a cross-validation on ${data}`],
      ['so far', progressText(progress, 'folds') + (begun ? `; ${begun} has begun` : '')],
      ['mean', figures.length === 0 ? 'none yet' : `validation ${figures.join(', ')}`],
      ['next', next],
    ]),
    data: { folds: folder, data, finished: isWhole, progress, begun, validation },
  };
}

function progressText(progress: Progress | null, unit: string): string {
  if (progress === null) return `all ${unit}`;
  return `${formatCount(progress.done)} of ${formatCount(progress.total)} ${unit}; not finished`;
}

function evaluateOrReport(folder: string, run: string): string {
  return `${shellLine(['lockstep', 'evaluate', join(folder, run), 'DATA'])}, or ${reportLine(folder)}`;
}

function reportLine(folder: string): string {
  return shellLine(['lockstep', 'report', folder]);
}
