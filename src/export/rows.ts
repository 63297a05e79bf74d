/**
 * Rows to compare an export with lockstep on: cells, and what lockstep predicts for them. They come from data, or are made from
 * the encoding: numbers around those of the training, the first 256 values of each category, and missing cells. Marks of missing
 * cells and texts that training has not seen are not among them. Made rows are written to a file and read again, so that the whole
 * way of a prediction is compared.
 */
import { join } from 'node:path';
import type { Dataset, KeptColumn } from '../data/dataset.js';
import type { LoadWithOptions } from '../data/load-options.js';
import { loadWith } from '../data/load-with.js';
import { arrayRows, readRows } from '../data/rows.js';
import { usageError } from '../errors.js';
import { Random } from '../random.js';
import type { MachineOptions } from '../session/machine.js';
import { writeAtomically } from '../store/atomic.js';
import type { Model } from '../store/model-file.js';
import { evaluate } from '../train/jobs/evaluate.js';
import { type Answers, ownAnswers } from './answers.js';
import type { Cell } from './code/encode-row.js';
import type { Input, Program } from './program.js';

/** Rows of cells in the order of the inputs; of bytes for images. */
export interface ComparedRows {
  /** The data; null for made rows. */
  source: string | null;
  rows: readonly (readonly Cell[] | Uint8Array)[];
  own: Answers;
}

const MADE_ROWS = 256;
/** The share of missing cells, in columns that may lack them. */
const MISSING_SHARE = 0.1;

type Machine = Partial<MachineOptions>;

/** All rows of data. */
export async function rowsOfData(
  model: Model,
  program: Program,
  source: string,
  options: Omit<LoadWithOptions, 'requireTargets' | 'width' | 'keep'>,
  machine: Machine,
): Promise<ComparedRows> {
  if (source.startsWith('synthetic:')) {
    throw usageError(`${source}: expected a file, got rows without cells.`, 'Leave DATA out.');
  }
  const names = program.inputs.map(({ name }) => name);
  const data = await loadWith(source, model.encoding, model.task, {
    ...options,
    requireTargets: false,
    width: model.network.layers[0]!,
    ...(names.length > 0 && { keep: names }),
  });
  return comparedRows(model, program, data, machine);
}

/** Made rows. @param folder a temporary one */
export async function madeRows(
  model: Model,
  program: Program,
  folder: string,
  machine: Machine,
): Promise<ComparedRows> {
  const random = new Random(1, 'synthetic');
  if (program.inputs.length === 0) return madePixels(model, program, random, machine);
  const path = join(folder, 'rows.tsv');
  const rows = Array.from({ length: MADE_ROWS }, (_, row) => makeRow(model, program, random, row));
  // A first column, so that no line is blank.
  const lines = [
    ['', ...program.inputs.map(({ name }) => name)],
    ...rows.map((cells, row) => [`${row}`, ...cells]),
  ];
  lines[0]![0] = freeName(program.inputs);
  await writeAtomically(path, [lines.map(cells => `${cells.map(quoted).join('\t')}\n`).join('')]);
  const { reading } = model.encoding;
  // Made rows have names, also if the columns of the training data had none, and need no query.
  const plain = reading && { ...reading, header: true, query: null };
  const { columns: _, ...named } = plain ?? { columns: 0 };
  const encoding = { ...model.encoding, ...(plain && { reading: named as typeof plain }) };
  const data = await loadWith(path, encoding, model.task, {
    requireTargets: false,
    width: model.network.layers[0]!,
    keep: program.inputs.map(({ name }) => name),
  });
  return { ...(await comparedRows(model, program, data, machine)), source: null };
}

async function comparedRows(
  model: Model,
  program: Program,
  data: Dataset,
  machine: Machine,
): Promise<ComparedRows> {
  const { predictions } = await evaluate(model.network, model.weights, withoutTargets(data), machine);
  return { source: data.source, rows: cellsOf(data, program), own: ownAnswers(program, predictions) };
}

function cellsOf({ kept = [], rows, x }: Dataset, { inputs }: Program): ComparedRows['rows'] {
  if (inputs.length === 0) {
    const bytes = readRows(x) as Uint8Array;
    return Array.from({ length: rows }, (_, i) => bytes.subarray(i * x.width, (i + 1) * x.width));
  }
  // They are kept in the order of the inputs; in the file, blanks may surround a name.
  const columns = inputs.map((_, j) => textsOf(kept[j]!));
  return Array.from({ length: rows }, (_, i) => columns.map(values => values[i]!));
}

/** The cells as texts: in JSON, a text has quotes. */
function textsOf({ values, spelling }: KeptColumn): readonly (string | null)[] {
  if (spelling === 'text') return values;
  return values.map(cell => (cell?.startsWith('"') ? (JSON.parse(cell) as string) : cell));
}

/** Autoencoders need no targets here either. */
function withoutTargets(data: Dataset): Dataset {
  return { ...data, encoding: { ...data.encoding, targetIsInput: false } };
}

function makeRow(model: Model, program: Program, random: Random, row: number): string[] {
  return program.inputs.map((input, j) => {
    const at = row * program.inputs.length + j;
    const feature = program.features.find(one => one.kind !== 'pixels' && one.input === j)!;
    const mayMiss = feature.kind === 'hash' || (feature.kind === 'number' && feature.fill !== null);
    if (mayMiss && random.uniform(3 * at) < MISSING_SHARE) return '';
    if (feature.kind === 'hash') return `text ${random.word(3 * at + 1) % 1000}`;
    if (feature.kind === 'category') {
      const { values } = feature;
      return values[row < values.length ? row : random.word(3 * at + 1) % values.length]!;
    }
    return makeNumber(input, feature as { mean: number; deviation: number }, random, 3 * at + 1, model);
  });
}

/** A text of a number, of yes or no, or of a time between 1990 and 2030. */
function makeNumber(
  { kind }: Input,
  { mean, deviation }: { mean: number; deviation: number },
  random: Random,
  at: number,
  { encoding }: Model,
): string {
  if (kind === 'boolean') return random.word(at) % 2 === 0 ? 'true' : 'false';
  if (kind === 'date') {
    const seconds = 631152000 + (random.word(at) % 1262304000);
    return new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19);
  }
  const text = String(mean + deviation * random.normal(at));
  return encoding.reading?.decimal === ',' ? text.replace('.', ',') : text;
}

function madePixels(model: Model, program: Program, random: Random, machine: Machine): Promise<ComparedRows> {
  const features = model.network.layers[0]!;
  const length = MADE_ROWS * features;
  const pixels = model.encoding.rawPixels
    ? Float32Array.from({ length }, (_, i) => random.normal(i))
    : Uint8Array.from({ length }, (_, i) => random.word(i) & 255);
  const data: Dataset = {
    source: 'made rows',
    task: model.task,
    rows: MADE_ROWS,
    features,
    outputs: model.network.layers.at(-1)!,
    x: arrayRows(pixels, features),
    scale: model.encoding.rawPixels ? 1 : 1 / 255,
    y: new Float32Array(0),
    encoding: model.encoding,
  };
  return comparedRows(model, program, data, machine);
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

function freeName(inputs: readonly Input[]): string {
  let name = 'row';
  while (inputs.some(input => input.name.toLowerCase() === name)) name += '_';
  return name;
}
