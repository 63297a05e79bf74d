/** The text of `info` for data: how it is read, what is learnt from it, and what is in the way. */
import { inFlags, writeFlags } from '../../config/flags.js';
import { type Dataset, encodedBytes } from '../../data/dataset.js';
import { type Surveyed, surveyData } from '../../data/load.js';
import { rowBytes } from '../../data/rows.js';
import { filesOf } from '../../data/source-files.js';
import type { TableSurvey } from '../../data/table/survey.js';
import { LockstepError } from '../../errors.js';
import { cutWindows } from '../../model/row-order.js';
import { abridge, inputsText, labelPairs, targetsText } from '../../report/encoding.js';
import { counted, formatBytes, formatCount, formatDuration } from '../../report/format.js';
import { surveyText } from '../../report/survey.js';
import { renderPairs } from '../../report/table.js';
import type { Call } from '../line/call.js';
import { tableOptions } from '../settings/train-options.js';
import type { Description } from './describe-folder.js';
import { measureDisk } from './disk-rate.js';

/** The problem is why the data cannot be learnt from. */
export type DescribedData = Description & { problem?: LockstepError };

export async function describeData(source: string, settings: Call['settings']): Promise<DescribedData> {
  const options = {
    ...tableOptions(settings),
    ...{
      scale: 'standard' as const,
      standardizeTargets: true,
      numberBins: 0,
      clipPredictions: false,
      targetTransform: 'none' as const,
      // Rows that don't fit into memory are described too.
      isForCache: true,
      validation: null,
      seed: settings.seed,
    },
  };
  const { survey, loaded }: Surveyed = await surveyData(source, options, writeFlags);
  if (survey) for (const column of survey.columns) column.hint &&= inFlags(column.hint);
  if (!(loaded instanceof LockstepError))
    return describeLoaded(loaded, survey, await describeReading(source, loaded.train));
  return { text: describeSurvey(source, survey!), data: {}, problem: loaded };
}

/** A table that cannot be learnt from. */
function describeSurvey(source: string, survey: TableSurvey): string {
  const head = renderPairs([
    ['data', source],
    ['read as', survey.readAs],
    ['rows', formatCount(survey.rows)],
  ]);
  return `${head}\n\n${surveyText(survey)}`;
}

/** How training reads the rows, if they take more than one window. */
interface ReadingRows {
  windows: number;
  windowBytes: number;
  /** At the rate of the disk that holds DATA; null if that is not known. */
  epochSeconds: number | null;
}

async function describeReading(source: string, data: Dataset): Promise<ReadingRows | null> {
  const bytesPerRow = encodedBytes(data);
  const { blocks, windowBlocks, blockRows } = cutWindows(data.rows, bytesPerRow);
  if (blocks <= windowBlocks) return null;
  const [path] = await filesOf(source);
  const rate = path === undefined ? null : measureDisk(path);
  return {
    windows: Math.ceil(blocks / windowBlocks),
    windowBytes: windowBlocks * blockRows * bytesPerRow,
    epochSeconds: rate && (data.rows * rowBytes(data.x)) / rate,
  };
}

function readingText({ windows, windowBytes, epochSeconds }: ReadingRows): string {
  const time =
    epochSeconds === null ? '' : `; the disk of DATA delivers an epoch in ${formatDuration(epochSeconds)}`;
  return `${windows} of ${formatBytes(windowBytes)}: with --cache, two of them have to fit into memory${time}`;
}

function describeLoaded(
  loaded: Exclude<Surveyed['loaded'], LockstepError>,
  survey: TableSurvey | null,
  reading: ReadingRows | null,
): Description {
  const { train: data, validation } = loaded;
  const { rows, encoding, notes = [], taskReason = null } = data;
  const memoryBytes = [data, validation].reduce((sum, table) => sum + bytesOf(table), 0);
  const classes = countClasses(data);
  const labels = countLabels(data);
  const pairs = renderPairs([
    ['data', data.source],
    ...(survey ? [['read as', survey.readAs] as const] : []),
    ['rows', formatCount(rows)],
    ...(validation ? [['validation rows', formatCount(validation.rows)] as const] : []),
    ['task', taskReason === null ? data.task : `${data.task}: ${taskReason}`],
    ['inputs', inputsText(encoding, data.features)],
    ['targets', targetsText(encoding)],
    ...(classes.length === 0
      ? []
      : [['classes', abridge(classes.map(one => `${one.class} (${counted(one.rows, 'row')})`))] as const]),
    ...labelPairs(encoding, labels),
    ['memory', formatBytes(memoryBytes)],
    ...(reading ? [['windows', readingText(reading)] as const] : []),
    ...notes.map(note => ['note', note] as const),
  ]);
  return {
    text: survey ? `${pairs}\n\n${surveyText(survey)}` : pairs,
    data: {
      ...{ source: data.source, rows, validationRows: validation?.rows ?? 0, task: data.task, taskReason },
      ...{ features: data.features, outputs: data.outputs, targets: encoding.targets, classes, memoryBytes },
      ...(labels.length > 0 && { labels }),
      ...(reading && { reading }),
      columns: encoding.columns,
      ...(survey && { readAs: survey.readAs, survey: survey.columns }),
      notes,
    },
  };
}

function countClasses({ y, encoding }: Dataset): { class: string; rows: number }[] {
  const counts = encoding.classes.map(name => ({ class: name, rows: 0 }));
  if (counts.length > 0) for (const label of y) counts[label]!.rows++;
  return counts;
}

/** The two classes of each label, and the number of rows of the second. */
function countLabels({
  y,
  encoding,
}: Dataset): { label: string; classes: [string, string]; positives: number }[] {
  const { targets, labelClasses = [] } = encoding;
  return labelClasses.map((classes, k) => {
    let positives = 0;
    for (let i = k; i < y.length; i += targets.length) positives += y[i]!;
    return { label: targets[k]!, classes, positives };
  });
}

function bytesOf(data: Dataset | null): number {
  return data ? data.rows * rowBytes(data.x) + data.y.byteLength : 0;
}
