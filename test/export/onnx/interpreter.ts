/**
 * A plain interpreter of the operators that lockstep's exports use, by the text of the ONNX specification, so that the tests
 * need no onnxruntime (scripts/oracles/exported.py compares with that). Results of float tensors are rounded to float32.
 */
import type { OnnxRuntime } from '../../../src/export/onnx/run.js';
import { decode, type Model, type Node, type Tensor } from './decode.js';

const FLOAT = 1;
const INT64 = 7;
const STRING = 8;
const BOOL = 9;
const TYPES: Record<string, number> = { float32: FLOAT, uint8: 2, int64: INT64, string: STRING, float64: 11 };

type Values = (number | string)[];

function tensor(type: number, dims: readonly number[], values: Values): Tensor {
  if (type === STRING) return { type, dims: [...dims], data: values as string[] };
  const numbers = values as number[];
  return { type, dims: [...dims], data: type === FLOAT ? numbers.map(Math.fround) : numbers };
}

/** Element by element over two dimensions, of which those of size 1 are repeated. */
function zip(type: number | null, of: (...values: never[]) => number | string, tensors: Tensor[]): Tensor {
  const shapes = tensors.map(({ dims }) => [...[1, 1].slice(dims.length), ...dims] as [number, number]);
  const rows = Math.max(...shapes.map(([m]) => m));
  const columns = Math.max(...shapes.map(([, n]) => n));
  const values: Values = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const each = tensors.map(({ data }, t) => {
        const [m, n] = shapes[t]!;
        return data[(m === 1 ? 0 : i) * n + (n === 1 ? 0 : j)];
      });
      values.push((of as (...values: unknown[]) => number | string)(...each));
    }
  }
  return tensor(type ?? tensors.at(-1)!.type, [rows, columns], values);
}

/** f of each element. */
const each = (f: (x: number) => number) => (inputs: Tensor[]) => zip(null, f, inputs);

function rowsOf({ data, dims }: Tensor): Values[] {
  const [m, n] = dims as [number, number];
  return Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => data[i * n + j]!));
}

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

type Operator = (inputs: Tensor[], attribute: (name: string) => never) => Tensor;

const OPERATORS: Record<string, Operator> = {
  Identity: ([x]) => x!,
  Add: inputs => zip(null, (a: number, b: number) => a + b, inputs),
  Sub: inputs => zip(null, (a: number, b: number) => a - b, inputs),
  Mul: inputs => zip(null, (a: number, b: number) => a * b, inputs),
  Div: inputs => zip(null, (a: number, b: number) => a / b, inputs),
  Max: inputs => zip(null, (a: number, b: number) => Math.max(a, b), inputs),
  Min: inputs => zip(null, (a: number, b: number) => Math.min(a, b), inputs),
  Abs: each(Math.abs),
  Sign: each(Math.sign),
  Cos: each(Math.cos),
  Exp: each(Math.exp),
  Floor: each(Math.floor),
  Sqrt: each(Math.sqrt),
  Less: inputs => zip(BOOL, (a: number, b: number) => Number(a < b), inputs),
  Greater: inputs => zip(BOOL, (a: number, b: number) => Number(a > b), inputs),
  Equal: inputs => zip(BOOL, (a: number, b: number) => Number(a === b), inputs),
  Or: inputs => zip(BOOL, (a: number, b: number) => Number(a || b), inputs),
  Not: inputs => zip(BOOL, (a: number) => Number(!a), inputs),
  IsNaN: inputs => zip(BOOL, (a: number) => Number(Number.isNaN(a)), inputs),
  Where: inputs => zip(null, (c: number, a: number, b: number) => (c ? a : b), inputs),
  Cast: ([x], attribute) => tensor(attribute('to'), x!.dims, Array.from(x!.data as number[])),
  Concat(inputs) {
    const parts = inputs.map(rowsOf);
    const rows = parts[0]!.map((_, i) => parts.flatMap(part => part[i]!));
    return tensor(inputs[0]!.type, [rows.length, rows[0]!.length], rows.flat());
  },
  // Columns of a matrix, or items of a list.
  Gather([x, places], attribute) {
    const indices = [...(places!.data as number[])];
    if (x!.dims.length === 1)
      return tensor(
        x!.type,
        places!.dims,
        indices.map(i => x!.data[i < 0 ? x!.data.length + i : i]!),
      );
    if ((attribute('axis') as number) !== 1) throw new Error('Gather: axis 1 is expected');
    const rows = rowsOf(x!).map(row => indices.map(i => row[i]!));
    return tensor(x!.type, [rows.length, indices.length], rows.flat());
  },
  Reshape: ([x]) => ({ ...x!, dims: [x!.data.length] }),
  LabelEncoder([x], attribute) {
    const keys = attribute('keys_strings') as string[];
    const values = attribute('values_int64s') as number[];
    const found = (x!.data as string[]).map(text => values[keys.indexOf(text)] ?? attribute('default_int64'));
    return tensor(INT64, x!.dims, found);
  },
  ReduceSum([x]) {
    const sums = rowsOf(x!).map(row => (row as number[]).reduce((sum, one) => sum + one, 0));
    return tensor(x!.type, [sums.length, 1], sums);
  },
  ReduceMax([x]) {
    const most = rowsOf(x!).map(row => Math.max(...(row as number[])));
    return tensor(x!.type, [most.length, 1], most);
  },
  ArgMax([x]) {
    const places = rowsOf(x!).map(row => row.indexOf(Math.max(...(row as number[]))));
    return tensor(INT64, [places.length, 1], places);
  },
  Gemm([a, b, c]) {
    const w = rowsOf(b!) as number[][];
    const rows = (rowsOf(a!) as number[][]).map(row =>
      Array.from(c!.data as number[], (bias, j) => row.reduce((sum, x, i) => sum + x * w[i]![j]!, bias)),
    );
    return tensor(FLOAT, [rows.length, c!.data.length], rows.flat());
  },
  Softmax([x]) {
    const rows = (rowsOf(x!) as number[][]).map(row => {
      const parts = row.map(a => Math.exp(a - Math.max(...row)));
      const sum = parts.reduce((total, part) => total + part);
      return parts.map(part => part / sum);
    });
    return tensor(FLOAT, x!.dims, rows.flat());
  },
  Sigmoid: each(x => 1 / (1 + Math.exp(-x))),
  Tanh: each(Math.tanh),
  Relu: each(x => Math.max(x, 0)),
  Softplus: each(softplus),
  LeakyRelu: (inputs, attribute) => each(x => (x > 0 ? x : attribute('alpha') * x))(inputs),
  Elu: (inputs, attribute) => each(x => (x > 0 ? x : attribute('alpha') * Math.expm1(x)))(inputs),
  Selu: (inputs, attribute) =>
    each(x => attribute('gamma') * (x > 0 ? x : attribute('alpha') * Math.expm1(x)))(inputs),
  HardSigmoid: (inputs, attribute) =>
    each(x => Math.min(Math.max(attribute('alpha') * x + attribute('beta'), 0), 1))(inputs),
  Clip: ([x, least, most]) =>
    each(a => Math.min(Math.max(a, least!.data[0] as number), most!.data[0] as number))([x!]),
};

function run({ nodes, initializers, outputs }: Model, feeds: Record<string, Tensor>): Record<string, Tensor> {
  const values = new Map<string, Tensor>([...initializers, ...Object.entries(feeds)]);
  for (const { operator, inputs, outputs: made, attributes } of nodes) {
    const attribute = ((name: string) => attributes.get(name)) as Parameters<Operator>[1];
    const evaluate = OPERATORS[operator];
    if (!evaluate) throw new Error(`the interpreter has no operator ${operator}`);
    values.set(
      made[0]!,
      evaluate(
        inputs.map(name => values.get(name)!),
        attribute,
      ),
    );
  }
  return Object.fromEntries(outputs.map(name => [name, values.get(name)!]));
}

/** In the place of onnxruntime-node. */
export const INTERPRETER: OnnxRuntime = {
  Tensor: class implements Tensor {
    readonly type: number;
    readonly dims: number[];
    readonly data: Tensor['data'];

    constructor(type: string, data: unknown, dims: readonly number[]) {
      this.type = TYPES[type]!;
      this.data = data as Tensor['data'];
      this.dims = [...dims];
    }
  },
  InferenceSession: {
    async create(bytes) {
      const model = decode(bytes);
      return {
        outputNames: model.outputs,
        run: async feeds => run(model, feeds as Record<string, Tensor>),
      };
    },
  },
};

/** Runs nodes that a test has put together. */
export function runModel(bytes: Uint8Array, feeds: Record<string, Tensor>): Record<string, Tensor> {
  return run(decode(bytes), feeds);
}

export type { Node, Tensor };
