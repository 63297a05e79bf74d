/** Runs an ONNX export on rows, with onnxruntime-node if that is installed: lockstep does not need it, and it is not small. */
import { parseBoolean } from '../../data/table/boolean.js';
import { parseDate } from '../../data/table/date.js';
import { isMissing, numberOf } from '../../data/table/number-text.js';
import { type Answers, widthOf } from '../answers.js';
import type { Cell } from '../code/encode-row.js';
import type { Input, Program } from '../program.js';
import type { ComparedRows } from '../rows.js';
import { MATRIX, type OnnxInput } from './inputs.js';

/** What is used of onnxruntime-node, which is not installed with lockstep. */
export interface OnnxRuntime {
  Tensor: new (type: string, data: unknown, dims: readonly number[]) => unknown;
  InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      outputNames: readonly string[];
      run(feeds: Record<string, unknown>): Promise<Record<string, { data: ArrayLike<number | string> }>>;
    }>;
  };
}

/** null if onnxruntime-node is not there. */
export async function findRuntime(): Promise<OnnxRuntime | null> {
  const name = 'onnxruntime-node';
  try {
    const found = await import(name);
    return found.default ?? found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

const ROWS_AT_ONCE = 1024;

/** The predictions of a graph. */
export async function runOnnx(
  runtime: OnnxRuntime,
  bytes: Uint8Array,
  program: Program,
  rows: ComparedRows['rows'],
  form: OnnxInput,
): Promise<Answers> {
  const session = await runtime.InferenceSession.create(bytes);
  const numbers = new Float64Array(rows.length * widthOf(program));
  const labels: string[] = [];
  const isNumbers = program.output.kind === 'values';
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = rows.slice(from, from + ROWS_AT_ONCE);
    const found = await session.run(feedsOf(runtime, program, some, form));
    const [first, second] = session.outputNames.map(name => found[name]!.data);
    numbers.set((isNumbers ? first : second) as ArrayLike<number>, from * widthOf(program));
    if (!isNumbers) labels.push(...Array.from(first as ArrayLike<string>));
  }
  return { numbers, labels };
}

function feedsOf(
  { Tensor }: OnnxRuntime,
  program: Program,
  rows: ComparedRows['rows'],
  form: OnnxInput,
): Record<string, unknown> {
  const { inputs, features, writing } = program;
  const count = rows.length;
  const [first] = features;
  if (first?.kind === 'pixels') {
    const pixels = first.bytes ? new Uint8Array(count * first.count) : new Float32Array(count * first.count);
    for (const [i, row] of rows.entries()) pixels.set(row as Uint8Array, i * first.count);
    return { [MATRIX]: new Tensor(first.bytes ? 'uint8' : 'float32', pixels, [count, first.count]) };
  }
  const cells = rows as readonly (readonly Cell[])[];
  if (form === 'matrix') {
    const matrix = cells.flatMap(row => inputs.map((input, j) => onnxNumber(row[j], input, writing)));
    return { [MATRIX]: new Tensor('float64', Float64Array.from(matrix), [count, inputs.length]) };
  }
  return Object.fromEntries(
    inputs.map((input, j) => {
      const column = cells.map(row => row[j]);
      const tensor =
        input.kind === 'text'
          ? new Tensor(
              'string',
              column.map(cell => onnxText(cell, j, program)),
              [count, 1],
            )
          : new Tensor(
              'float64',
              Float64Array.from(column, cell => onnxNumber(cell, input, writing)),
              [count, 1],
            );
      return [input.name, tensor];
    }),
  );
}

/** The number that a graph takes for a cell. A number that stands for a missing value is given as it is. */
function onnxNumber(cell: Cell, { kind, loose = false }: Input, { decimal }: Program['writing']): number {
  const text = String(cell ?? '');
  if (kind === 'date') return parseDate(text);
  return kind === 'boolean'
    ? parseBoolean(text)
    : numberOf(text, { writing: { decimal, naValues: [] }, loose });
}

/** The text that a graph takes for a cell: empty if it is missing and no value, in whatever spelling. */
function onnxText(cell: Cell, input: number, { inputs, features, writing }: Program): string {
  const text = String(cell ?? '');
  const feature = features.find(one => one.kind === 'category' && one.input === input);
  if (feature?.kind === 'category' && feature.values.includes(text)) return text;
  return isMissing(text, { writing, loose: inputs[input]!.loose ?? false }) ? '' : text;
}
