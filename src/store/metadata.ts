/**
 * Description of a model in the metadata of its file: network, task and encoding as JSON texts. Everything is
 * validated on reading: first each part, then whether they fit together.
 */

import type { Encoding, ReadingRecord, Task } from '../data/dataset.js';
import { widthOf } from '../data/table/encode.js';
import { failure, type LockstepError } from '../errors.js';
import { ACTIVATIONS, describeNetwork, LOSSES, type Network } from '../model/network.js';
import { option } from '../option-names.js';
import { brief, messageOf } from './brief.js';

/** Everything in a model file except the weights. */
export interface ModelDescription {
  network: Network;
  task: Task;
  encoding: Encoding;
}

type Unknown<T> = { [Name in keyof T]?: unknown };

/**
 * Version of the metadata. It is incremented when older builds would misread newer files: version 2 has columns with a limit
 * (`clip`), version 3 ensembles (`members`) and transformed targets (`targetTransforms`), version 4 waves (`waves`). Older
 * files are read like those of version 4, whose new parts may be absent, except models of images of version 1: those don't say
 * whether pixels are bytes or other numbers.
 */
const VERSION = '4';
const OLDER = ['1', '2', '3'];
const OF_TABLES = '1';

const HINT = `Give a model.safetensors that lockstep train wrote; weights from elsewhere go to train ${option('init')}.`;

const TASKS: readonly Task[] = ['regression', 'binary', 'multiclass', 'multilabel'];

/** Metadata of a file with the weights of so many members. PyTorch and Hugging Face loaders expect `format: pt`. */
export function writeMetadata(
  { network, task, encoding }: ModelDescription,
  members = 1,
): Record<string, string> {
  return {
    format: 'pt',
    lockstep: VERSION,
    task,
    ...(members > 1 && { members: String(members) }),
    network: JSON.stringify(network),
    encoding: JSON.stringify(encoding),
  };
}

/**
 * @param where the file's name, for messages
 * @throws failed if a part is missing or malformed, or the parts don't fit together
 */
export function readMetadata(metadata: Readonly<Record<string, string>>, where: string): ModelDescription {
  const { lockstep: version, task } = metadata;
  checkVersion(version, `${where}, metadata "lockstep"`);
  check(TASKS.includes(task as Task), `${where}, metadata "task"`, TASKS.join(', '), task);
  const network = checkNetwork(parse(metadata, 'network', where), `${where}, metadata "network"`);
  const encoding = checkEncoding(parse(metadata, 'encoding', where), `${where}, metadata "encoding"`);
  if (version === OF_TABLES && encoding.kind === 'pixels') throw outdated(where);
  const description = { network, task: task as Task, encoding };
  checkFit(description, where);
  return description;
}

/** How many members the ensemble in a file has; 1 for a single network. @throws failed if that is no number of members */
export function readMembers({ members = '1' }: Readonly<Record<string, string>>, where: string): number {
  check(/^[1-9]\d{0,5}$/.test(members), `${where}, metadata "members"`, 'a number of members', members);
  return Number(members);
}

function checkVersion(version: string | undefined, where: string): void {
  check(version !== undefined, where, `"${VERSION}"`, version);
  if (version === VERSION || OLDER.includes(version)) return;
  throw failure(
    `${where}: expected "${VERSION}", got ${brief(version)}.`,
    'The file is from another build of lockstep, which can read it.',
  );
}

function outdated(where: string): LockstepError {
  return failure(
    `${where}: a model of images from an early build, which does not say whether pixels are bytes or other numbers.`,
    `Train again; ${option('init')} takes the weights of this file.`,
  );
}

function parse(metadata: Readonly<Record<string, string>>, name: string, where: string): unknown {
  const text = Object.hasOwn(metadata, name) ? metadata[name]! : null;
  check(text !== null, where, `metadata "${name}", as lockstep train writes it`, text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(`${where}, metadata "${name}"`, 'JSON', messageOf(cause), cause);
  }
}

function checkNetwork(value: unknown, where: string): Network {
  const network = value as Unknown<Network> | null;
  const isNetwork =
    isList(network?.layers, size => typeof size === 'number') &&
    isList(network?.hidden, activation => isOneOf(ACTIVATIONS, activation)) &&
    isOneOf([...ACTIVATIONS, 'softmax'], network?.output) &&
    isOneOf(LOSSES, network?.loss) &&
    ['number', 'undefined'].includes(typeof network?.huberDelta) &&
    ['number', 'undefined'].includes(typeof network?.quantile) &&
    (network?.waves === undefined || isList(network.waves, Number.isInteger));
  check(isNetwork, where, '{layers, hidden, output, loss} of a network', value);
  try {
    return describeNetwork(network as Network);
  } catch (cause) {
    throw failure(`${where}: ${messageOf(cause).replace(/^network: /, '')}`, HINT, cause);
  }
}

function checkEncoding(value: unknown, where: string): Encoding {
  const encoding = value as Unknown<Encoding> | null;
  check(isOneOf(['table', 'pixels'], encoding?.kind), where, 'kind table or pixels', encoding?.kind);
  const columns = encoding?.columns;
  check(isList(columns, isColumn), where, 'columns of numbers and categories', columns);
  check(isList(encoding?.targets, isText), where, 'targets, a list of names', encoding?.targets);
  check(isList(encoding?.classes, isText), where, 'classes, a list of names', encoding?.classes);
  const scales = encoding?.targetScales;
  check(isList(scales, isScale), where, 'targetScales, a list of mean and deviation', scales);
  const ranges = encoding?.targetRanges;
  check(
    ranges === undefined || (isList(ranges, isRange) && ranges.length === scales.length),
    where,
    'targetRanges, a list of least and greatest, or none',
    ranges,
  );
  const transforms = encoding?.targetTransforms;
  check(
    transforms === undefined || (isList(transforms, isTransform) && transforms.length === scales.length),
    where,
    'targetTransforms, a list of logarithms or quantiles, or none',
    transforms,
  );
  const labels = encoding?.labelClasses;
  check(
    labels === undefined || isList(labels, isPair),
    where,
    'labelClasses, pairs of names, or none',
    labels,
  );
  const isInput = encoding?.targetIsInput;
  check([undefined, true].includes(isInput as true), where, 'targetIsInput true, or none', isInput);
  const shape = encoding?.shape;
  check(
    shape === undefined || isList(shape, isSize),
    where,
    'shape, the dimensions of an image, or none',
    shape,
  );
  const isRaw = encoding?.rawPixels;
  check([undefined, true].includes(isRaw as true), where, 'rawPixels true, or none', isRaw);
  const reading = encoding?.reading;
  check(reading === undefined || isReading(reading), where, 'reading, as lockstep train writes it', reading);
  return encoding as Encoding;
}

/** Checks that the network has an input for each feature, and an output for each class or target. */
function checkFit({ network, task, encoding }: ModelDescription, where: string): void {
  const features = encoding.columns.reduce((sum, column) => sum + widthOf(column), 0);
  const inputs = network.layers[0]!;
  if (encoding.kind === 'table') check(features === inputs, where, `columns for ${inputs} inputs`, features);

  const outputs = network.layers.at(-1)!;
  const classes = { regression: 0, binary: 2, multiclass: outputs, multilabel: 0 }[task];
  const got = encoding.classes.length;
  check(got === classes, where, `${classes} class names for ${task} of ${outputs} outputs`, got);
  const scales = encoding.targetScales.length;
  const targets = task === 'regression' || task === 'multilabel' ? outputs : 1;
  check(encoding.targets.length === targets, where, `${targets} targets`, encoding.targets.length);
  const scaled = task === 'regression' ? outputs : 0;
  check(scales === scaled, where, `${scaled} targetScales`, scales);
  if (encoding.targetIsInput) {
    check(task === 'regression', where, 'regression, as targets are inputs', task);
    check(outputs === inputs, where, `${inputs} outputs, as targets are inputs`, outputs);
  }
  if (task === 'regression' && network.loss === 'binary-cross-entropy') {
    check(
      encoding.targetIsInput === true,
      where,
      'targets that are inputs, as the loss is binary-cross-entropy',
      'others',
    );
  }
  const pairs = task === 'multilabel' ? outputs : undefined;
  check(
    encoding.labelClasses?.length === pairs,
    where,
    `${pairs ?? 'no'} labelClasses`,
    encoding.labelClasses,
  );
  if (task === 'multilabel') check(encoding.kind === 'table', where, 'a table for multilabel', encoding.kind);
  if (task === 'binary') check(outputs === 1, where, 'one output for binary', outputs);
}

function isColumn(value: unknown): boolean {
  const column = value as Record<string, unknown> | null;
  if (!isText(column?.name)) return false;
  if (column?.kind === 'category') return isList(column.values, isText) && isCategory(column, column.values);
  if (column?.kind === 'hashed') {
    return (
      Number.isInteger(column.buckets) &&
      (column.buckets as number) > 1 &&
      areLevels(column.levels, column.buckets)
    );
  }
  if (column?.kind !== 'number' || !isScale(value) || !isClip(column.clip) || !areEdges(column.edges))
    return false;
  const flags = [column.boolean, column.constant, column.indicator];
  return (
    (column.fill === null || Number.isFinite(column.fill)) &&
    flags.every(flag => flag === undefined || flag === true) &&
    (column.from === undefined || isOrigin(column.from))
  );
}

/** Whether the features of a category, if they are not one-hot, have a value for each of its values. */
function isCategory({ levels, single }: Record<string, unknown>, values: unknown): boolean {
  const { length } = values as unknown[];
  if (single === undefined) return areLevels(levels, length);
  const { values: features, other } = (single ?? {}) as { values?: unknown; other?: unknown };
  return levels === undefined && areNumbers(features, length) && Number.isFinite(other);
}

function areLevels(value: unknown, count: unknown): boolean {
  const levels = value as { on?: unknown; off?: unknown } | null | undefined;
  return levels === undefined || (areNumbers(levels?.on, count) && areNumbers(levels?.off, count));
}

function areNumbers(value: unknown, count: unknown): boolean {
  return isList(value, Number.isFinite) && (value as unknown[]).length === count;
}

function isClip(value: unknown): boolean {
  return value === undefined || (Number.isFinite(value) && (value as number) > 0);
}

function areEdges(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isList(value, Number.isFinite) &&
    value.length > 2 &&
    (value as number[]).every((edge, i, all) => i === 0 || edge > all[i - 1]!)
  );
}

function isOrigin(value: unknown): boolean {
  const origin = value as { column?: unknown; part?: unknown } | null;
  const parts = ['epoch', 'year', 'month', 'day', 'weekday', 'hour', 'minute', 'second'];
  return isText(origin?.column) && isOneOf(parts, origin?.part);
}

/** Whether the value describes how the training file was read. */
function isReading(value: unknown): boolean {
  const reading = value as Unknown<ReadingRecord> | null;
  return (
    typeof reading?.header === 'boolean' &&
    isOneOf(['.', ','], reading.decimal) &&
    isList(reading.naValues, isText) &&
    isList(reading.numeric, isText) &&
    (reading.query === null || isText(reading.query)) &&
    (reading.columns === undefined || Number.isInteger(reading.columns))
  );
}

/** Whether the value holds the parameters of standardisation: x ← (x − mean) / deviation. */
function isScale(value: unknown): boolean {
  const scale = value as { mean?: unknown; deviation?: unknown } | null;
  return (
    Number.isFinite(scale?.mean) && Number.isFinite(scale?.deviation) && (scale!.deviation as number) > 0
  );
}

/** Whether the value is a transform of a target; quantiles and their scores ascend. */
function isTransform(value: unknown): boolean {
  const transform = value as Record<string, unknown> | null;
  const isAbove = (number: unknown) => Number.isFinite(number) && (number as number) > 0;
  if (!isAbove(transform?.deviation)) return false;
  if (transform!.kind === 'log') return isAbove(transform!.unit);
  const { kind, values, scores } = transform!;
  const ascend = (list: unknown) =>
    isList(list, Number.isFinite) &&
    list.every((one, i) => i === 0 || (one as number) > (list[i - 1] as number));
  return kind === 'quantile' && ascend(values) && ascend(scores) && areNumbers(scores, (values as []).length);
}

function isRange(value: unknown): boolean {
  const range = value as { least?: unknown; greatest?: unknown } | null;
  return Number.isFinite(range?.least) && Number.isFinite(range?.greatest);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isPair(value: unknown): boolean {
  return isList(value, isText) && (value as string[]).length === 2;
}

function isOneOf(names: readonly string[], value: unknown): boolean {
  return names.includes(value as string);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isItem);
}

function check(holds: boolean, where: string, expected: string, got: unknown): asserts holds {
  if (!holds) throw malformed(where, expected, brief(got));
}

function malformed(where: string, expected: string, got: string, cause?: unknown): LockstepError {
  return failure(`${where}: expected ${expected}, got ${got}.`, HINT, cause);
}
