/** lockstep info MODEL|DATA: shows what is in a model or in data, or the progress of a search, study or cross-validation. */
import { inFlags, shellLine, trainLine, writeFlags } from '../config/flags.js';
import { needsOf, optionsOf } from '../config/options.js';
import { type Dataset, type Encoding, encodedBytes } from '../data/dataset.js';
import { type Surveyed, surveyData } from '../data/load.js';
import { rowBytes } from '../data/rows.js';
import { filesOf } from '../data/source-files.js';
import type { TableSurvey } from '../data/table/survey.js';
import { LockstepError, usageError } from '../errors.js';
import { membersOf } from '../model/members.js';
import { countParameters, describeLoss, layersOf, type Network } from '../model/network.js';
import { makeOptimizer, usualRule } from '../model/optimizer.js';
import { cutWindows } from '../model/row-order.js';
import { modelCard } from '../report/card.js';
import { counted, formatBytes, formatCount, formatDuration } from '../report/format.js';
import { renderStep } from '../report/pass.js';
import { surveyText } from '../report/survey.js';
import { renderPairs } from '../report/table.js';
import { leaderOfProcess } from '../session/leader.js';
import { findRunFiles } from '../store/read-run.js';
import { hashWeights } from '../store/weights.js';
import { usualBatch } from '../train/defaults.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { print, printJson } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { describeThisMachine } from './machine-listing.js';
import { describeMpi } from './mpi-listing.js';
import { describeNative } from './native-listing.js';
import { type Description, describeFolder } from './run/describe-folder.js';
import { measureDisk } from './run/disk-rate.js';
import { findRun } from './run/find-run.js';
import { findModel, isModel, openModel } from './run/model.js';
import { recordFromHere } from './run/recorded-files.js';
import { checkNeeds } from './settings/needs.js';
import { tableOptions } from './settings/train-options.js';

export async function run({ operands, settings, signal }: Call): Promise<number> {
  const [path] = operands;
  const { text, data, problem } = await unlessAborted(describe(path, settings), signal);
  if (problem) {
    // The problem is the last thing to be seen.
    if (!settings.json) print(`${text}\n`);
    throw problem;
  }
  if (settings.json) printJson(data);
  else print(text);
  return 0;
}

/** The problem is why the data cannot be learnt from. */
type Described = Description & { problem?: LockstepError };

/** Options that describe the training whose kernels --native lists, or what to do with them. */
const OF_NATIVE = optionsOf('info').filter(key => needsOf(key, 'info').some(([other]) => other === 'native'));

async function describe(path: string | undefined, settings: Call['settings']): Promise<Described> {
  checkNeeds('info', settings, { keys: OF_NATIVE });
  const { native, mpi, machine } = settings;
  const asksMpi = mpi !== null && (mpi !== 'off' || path === undefined);
  if (native === null && !asksMpi && !machine) return describePath(path!, settings);
  if (path !== undefined) throw notBeside(path, settings);
  if (machine && native === null && !asksMpi) return describeThisMachine();
  if (machine) throw notBeside(native ? '--native' : '--mpi', settings);
  return settings.native ? describeNative(settings.native, settings) : describeMpi(leaderOfProcess().ranks);
}

function notBeside(path: string, { native, machine }: Call['settings']): LockstepError {
  const shows = machine ? '--machine shows this machine' : '--mpi shows the ranks';
  return usageError(
    native && !machine
      ? `--native takes the layers of a network, and no MODEL or DATA beside them; got ${path}.`
      : `${shows}, and no MODEL or DATA beside them; got ${path}.`,
    'Leave one of them out.',
  );
}

async function describePath(path: string, settings: Call['settings']): Promise<Described> {
  if (settings.pass) return describePass(await findRun(path));
  if (settings.card) return describeCard(await findRun(path));
  const folder = await describeFolder(path);
  if (folder) return folder;
  return (await isModel(path)) ? describeModel(path) : describeData(path, settings);
}

/** A training step of the model's network, with the default batch and optimizer. @throws usage if there is no model */
async function describePass(path: string): Promise<Description> {
  if (!(await isModel(path))) {
    throw usageError(
      `--pass needs a model; ${path} is not one.`,
      'Leave --pass out, or name a run or its model.',
    );
  }
  const { network } = await openModel(path);
  const optimizer = makeOptimizer(usualRule(network.hidden.length));
  const batchRows = usualBatch(Number.POSITIVE_INFINITY);
  const step = renderStep(network, { batchRows, optimizer, backend: 'wasm' });
  return { text: step, data: { network, batchRows, optimizer: optimizer.name, step: step.split('\n') } };
}

/** A card in Markdown. @throws usage if there is no model */
async function describeCard(path: string): Promise<Description> {
  if (!(await isModel(path))) {
    throw usageError(
      `--card needs a model; ${path} is not one.`,
      'Leave --card out, or name a run or its model.',
    );
  }
  const model = await openModel(path);
  const files = await findRunFiles(path);
  const config = files && (await recordFromHere(path, files.config));
  const { data, options } = config ?? {};
  const facts = {
    ...{ path, model, config, summary: files?.summary ?? null, version: packageVersion() },
    weightsSha256: hashWeights(model.network, model.weights),
    command: config ? trainLine(typeof data === 'string' ? data : 'DATA', { ...(options as object) }) : null,
  };
  const { kind, targetIsInput } = model.encoding;
  const [rows, judged] = kind === 'pixels' ? ['new/', 'test/'] : ['new.csv', 'test.csv'];
  const uses = [
    ['predict', path, rows, '--out', 'predictions.csv'],
    ...(targetIsInput ? [] : [['explain', path, judged]]),
    ['export', path, '--to', 'onnx'],
  ];
  const card = modelCard({ ...facts, uses: uses.map(words => shellLine(['lockstep', ...words])) });
  return { text: card.trimEnd(), data: { card } };
}

async function describeModel(path: string): Promise<Description> {
  const model = await findModel(path);
  const { network, task, encoding, weights } = await openModel(path);
  const { length: members } = membersOf(network, weights);
  const parameters = members * countParameters(network);
  const weightsSha256 = hashWeights(network, weights);
  return {
    text: renderPairs([
      ['model', model],
      ['task', task],
      ['network', networkText(network)],
      ...(members > 1
        ? [['members', `${formatCount(members)}, whose predictions are averaged`] as const]
        : []),
      ['parameters', formatCount(parameters)],
      ['inputs', inputsText(encoding, network.layers[0]!)],
      ['targets', targetsText(encoding)],
      ...(encoding.classes.length === 0 ? [] : [['classes', abridge(encoding.classes)] as const]),
      ...labelPairs(encoding),
      ['sha256', weightsSha256],
    ]),
    data: { model, task, network, ...(members > 1 && { members }), parameters, encoding, weightsSha256 },
  };
}

async function describeData(source: string, settings: Call['settings']): Promise<Described> {
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

/** 784 → 128 relu → 10 softmax, cross-entropy */
function networkText(network: Network): string {
  const layers = layersOf(network).map(({ outputs, activation }) => `${outputs} ${activation}`);
  return `${[network.layers[0], ...layers].join(' → ')}, ${describeLoss(network)}`;
}

function inputsText({ kind, columns }: Encoding, features: number): string {
  return kind === 'pixels'
    ? counted(features, 'pixel')
    : `${features}, from ${counted(columns.length, 'column')}`;
}

function targetsText({ targets, targetScales, targetTransforms }: Encoding): string {
  const scaled = targetScales.some(({ mean, deviation }) => mean !== 0 || deviation !== 1);
  const transform = targetTransforms ? `, transformed (${targetTransforms[0]!.kind})` : '';
  return `${abridge(targets)}${transform}${scaled ? ', standardised' : ''}`;
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

/** One line per label: `label even`, 0 or 1 (898 rows). */
function labelPairs(
  { targets, labelClasses = [] }: Encoding,
  counts: readonly { positives: number }[] = [],
): [string, string][] {
  return labelClasses.map(([first, second], k) => {
    const rows = counts[k] ? ` (${counted(counts[k].positives, 'row')})` : '';
    return [`label ${targets[k]}`, `${first} or ${second}${rows}`];
  });
}

function bytesOf(data: Dataset | null): number {
  return data ? data.rows * rowBytes(data.x) + data.y.byteLength : 0;
}

const MOST_NAMES = 10;

function abridge(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? `, … (${more} more)` : ''}`;
}
