/** The model as an ONNX file: one graph from the cells of a row to labels and probabilities, or to values. */
import type { TargetTransform } from '../../data/table/target-transform.js';
import type { Output, Program, ProgramLayer } from '../program.js';
import { Graph, typeNumber, type Value } from './graph.js';
import { type Encoded, encodeInputs, type OnnxInput } from './inputs.js';

/** @throws usage if the graph can't do what the program says */
export function onnxBytes(program: Program, form: OnnxInput, madeBy: string): Uint8Array {
  const graph = new Graph();
  const encoded = encodeInputs(graph, program, form);
  const answers = program.members.map(layers => {
    const z = layers.reduce((z, layer) => layerValue(graph, layer, z, encoded.x), encoded.x);
    return program.output.kind === 'values' ? scaleBack(graph, program.output, z) : z;
  });
  const answer = {
    value: meanOf(graph, answers, program.output),
    width: program.members[0]!.at(-1)!.outputs,
  };
  const outputs = addOutputs(graph, program.output, answer, encoded.refused);
  const metadata = {
    task: program.task,
    inputs: JSON.stringify(program.inputs.map(({ name, kind }) => ({ name, kind }))),
    outputs: JSON.stringify(outputs),
    ...(program.output.kind === 'classes'
      ? { classes: JSON.stringify(program.output.classes) }
      : { targets: JSON.stringify(program.output.names) }),
  };
  return graph.finish({ producer: madeBy, doc: DOC, metadata });
}

const DOC =
  'Texts that training has not seen are no value of their column. A row that lacks a value which it needs, or has a number that is too large, gets NaN and an empty label.';

function layerValue(
  graph: Graph,
  { inputs, outputs, activation, bias, weights, withX }: ProgramLayer,
  below: Value,
  x: Value,
): Value {
  const z = withX ? graph.node('Concat', [x, below], { axis: 1 }) : below;
  const w = graph.floats(weights, [inputs, outputs]);
  const a = graph.node('Gemm', [z, w, graph.floats(bias, [outputs])]);
  return activation === 'softmax'
    ? graph.node('Softmax', [a], { axis: 1 })
    : ACTIVATIONS[activation](graph, a);
}

const scalar = (graph: Graph, value: number) => graph.floats([value], [1, 1]);
const times = (graph: Graph, a: Value, b: Value | number) =>
  graph.node('Mul', [a, typeof b === 'number' ? scalar(graph, b) : b]);

const ACTIVATIONS: Readonly<
  Record<Exclude<ProgramLayer['activation'], 'softmax'>, (graph: Graph, a: Value) => Value>
> = {
  identity: (_, a) => a,
  sigmoid: (graph, a) => graph.node('Sigmoid', [a]),
  tanh: (graph, a) => graph.node('Tanh', [a]),
  relu: (graph, a) => graph.node('Relu', [a]),
  'leaky-relu': (graph, a) => graph.node('LeakyRelu', [a], { alpha: { float: 0.01 } }),
  elu: (graph, a) => graph.node('Elu', [a], { alpha: { float: 1 } }),
  selu: (graph, a) =>
    graph.node('Selu', [a], { alpha: { float: 1.6732632423543772 }, gamma: { float: 1.0507009873554805 } }),
  // a σ(2 √(2/π) (a + 0.044715 a³)).
  gelu(graph, a) {
    const inner = graph.node('Add', [times(graph, times(graph, a, a), 0.044715), scalar(graph, 1)]);
    const argument = times(graph, times(graph, a, 2 * Math.sqrt(2 / Math.PI)), inner);
    return times(graph, a, graph.node('Sigmoid', [argument]));
  },
  silu: (graph, a) => times(graph, a, graph.node('Sigmoid', [a])),
  softplus: (graph, a) => graph.node('Softplus', [a]),
  'hard-sigmoid': (graph, a) =>
    graph.node('HardSigmoid', [a], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  'hard-tanh': (graph, a) => graph.node('Clip', [a, graph.floats([-1], []), graph.floats([1], [])]),
  mish: (graph, a) => times(graph, a, graph.node('Tanh', [graph.node('Softplus', [a])])),
  cosine: (graph, a) => graph.node('Cos', [a]),
};

/** The mean of the members' answers: added in order in float64, then divided. */
function meanOf(graph: Graph, answers: readonly Value[], { kind }: Output): Value {
  if (answers.length === 1) return answers[0]!;
  const isWide = kind === 'values';
  const wide = isWide ? answers : answers.map(z => graph.node('Cast', [z], { to: typeNumber('double') }));
  const sum = wide.reduce((sum, one) => graph.node('Add', [sum, one]));
  const mean = graph.node('Div', [sum, graph.doubles([answers.length], [1, 1])]);
  return isWide ? mean : graph.node('Cast', [mean], { to: typeNumber('float') });
}

/** The outputs by what they are: the names that they have in the graph. @param value values in the targets' units, or probabilities */
function addOutputs(
  graph: Graph,
  output: Output,
  { value, width }: { value: Value; width: number },
  refused: Encoded['refused'],
): Record<string, string> {
  if (output.kind === 'values') {
    const values = orNaN(graph, value, refused, 'double');
    const { length } = output.names;
    return { values: graph.output(values, 'values', 'double', length, output.names.join(', ')) };
  }
  const { probabilities, label, names } =
    output.kind === 'labels' ? labelValues(graph, output, value) : classValues(graph, output, value, width);
  const doc = `the probability of ${names.join(', ')}`;
  const marked = orNaN(graph, probabilities, refused, 'float');
  const named = refused ? graph.node('Where', [refused, graph.strings([''], [1, 1]), label]) : label;
  // (rows) for one label, (rows, labels) for several.
  const isOne = output.kind === 'classes';
  const shaped = isOne ? graph.node('Reshape', [named, graph.ints([-1], [1])]) : named;
  return {
    label: graph.output(shaped, 'label', 'string', isOne ? null : names.length, 'the likeliest class'),
    probabilities: graph.output(marked, 'probabilities', 'float', names.length, doc),
  };
}

/** mean + deviation · z, in float64 as in lockstep, transformed back, and within the ranges. */
function scaleBack(
  graph: Graph,
  { scales, transforms, ranges }: Extract<Output, { kind: 'values' }>,
  z: Value,
): Value {
  const wide = graph.node('Cast', [z], { to: typeNumber('double') });
  const row = (values: number[]) => graph.doubles(values, [1, scales.length]);
  const scaled = graph.node('Mul', [wide, row(scales.map(({ deviation }) => deviation))]);
  const t = graph.node('Add', [scaled, row(scales.map(({ mean }) => mean))]);
  const value = transforms ? transformBack(graph, transforms, t) : t;
  if (!ranges) return value;
  const above = graph.node('Max', [value, row(ranges.map(({ least }) => least))]);
  return graph.node('Min', [above, row(ranges.map(({ greatest }) => greatest))]);
}

/** v of t, (rows, targets). */
function transformBack(graph: Graph, transforms: readonly TargetTransform[], t: Value): Value {
  const columns = transforms.map((transform, k) => {
    const column = transforms.length === 1 ? t : graph.node('Gather', [t, graph.ints([k], [1])], { axis: 1 });
    return transform.kind === 'log'
      ? logBack(graph, transform, column)
      : quantileBack(graph, transform, column);
  });
  return columns.length === 1 ? columns[0]! : graph.node('Concat', columns, { axis: 1 });
}

/** sign(t) unit (exp(|t|) − 1) */
function logBack(graph: Graph, { unit }: Extract<TargetTransform, { kind: 'log' }>, t: Value): Value {
  const one = graph.doubles([1], [1, 1]);
  const size = graph.node('Sub', [graph.node('Exp', [graph.node('Abs', [t])]), one]);
  return graph.node('Mul', [
    graph.node('Mul', [graph.node('Sign', [t]), size]),
    graph.doubles([unit], [1, 1]),
  ]);
}

/** Linear between the values of the scores around t. The place of the lower one is how many of the others are not above t. */
function quantileBack(
  graph: Graph,
  { values, scores }: Extract<TargetTransform, { kind: 'quantile' }>,
  t: Value,
): Value {
  const last = scores.length - 1;
  const within = graph.node('Min', [
    graph.node('Max', [t, graph.doubles([scores[0]!], [1, 1])]),
    graph.doubles([scores[last]!], [1, 1]),
  ]);
  const inner = scores.slice(1, last);
  // Without others, nothing is below itself.
  const isBelow = graph.node('Less', [
    within,
    inner.length > 0 ? graph.doubles(inner, [1, inner.length]) : within,
  ]);
  const isReached = inner.length > 0 ? graph.node('Not', [isBelow]) : isBelow;
  const reached = graph.node('Cast', [isReached], { to: typeNumber('int64') });
  const place = graph.node('ReduceSum', [reached, graph.ints([1], [1])]);
  const at = (list: readonly number[]) => graph.node('Gather', [graph.doubles(list, [list.length]), place]);
  const [low, from] = [at(values.slice(0, last)), at(scores.slice(0, last))];
  const rise = at(values.slice(1).map((value, i) => value - values[i]!));
  const run = at(scores.slice(1).map((score, i) => score - scores[i]!));
  const share = graph.node('Div', [graph.node('Sub', [within, from]), run]);
  return graph.node('Add', [low, graph.node('Mul', [rise, share])]);
}

interface Classified {
  probabilities: Value;
  /** (rows, 1) or (rows, labels). */
  label: Value;
  names: readonly string[];
}

/** The first of the likeliest classes. One output is the probability of the second of two. */
function classValues(
  graph: Graph,
  { classes }: Extract<Output, { kind: 'classes' }>,
  z: Value,
  width: number,
): Classified {
  const table = graph.strings(classes, [classes.length]);
  if (width === 1) {
    const probabilities = graph.node('Concat', [graph.node('Sub', [scalar(graph, 1), z]), z], { axis: 1 });
    const place = graph.node('Cast', [isLikely(graph, z)], { to: typeNumber('int64') });
    return { probabilities, label: graph.node('Gather', [table, place]), names: classes };
  }
  const place = graph.node('ArgMax', [z], { axis: 1, keepdims: 1 });
  return { probabilities: z, label: graph.node('Gather', [table, place]), names: classes };
}

function labelValues(
  graph: Graph,
  { names, classes }: Extract<Output, { kind: 'labels' }>,
  z: Value,
): Classified {
  const [first, second] = [0, 1].map(k =>
    graph.strings(
      classes.map(pair => pair[k]!),
      [1, classes.length],
    ),
  );
  const label = graph.node('Where', [isLikely(graph, z), second!, first!]);
  return { probabilities: z, label, names: names.map((name, k) => `${name}=${classes[k]![1]}`) };
}

function isLikely(graph: Graph, p: Value): Value {
  return graph.node('Greater', [p, scalar(graph, 0.5)]);
}

function orNaN(graph: Graph, value: Value, refused: Value | null, type: 'float' | 'double'): Value {
  if (refused === null) return value;
  const none = type === 'double' ? graph.doubles([Number.NaN], [1, 1]) : scalar(graph, Number.NaN);
  return graph.node('Where', [refused, none, value]);
}
