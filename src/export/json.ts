/** The model as JSON for people and programs to read: the program, with a row of weights for each input of a layer. */
import type { Program, ProgramLayer } from './program.js';

/** Raised when the meaning of the file changes. */
const VERSION = 3;

const ABOUT = [
  'x: features follow each other in the order of the list; input is the position in inputs.',
  'number: (value - mean) / deviation in float64, with clip c then x / sqrt(1 + (x / c)^2), 0 if constant; a missing cell is fill; edges: then (value - low) / (high - low), limited to 0 and 1, for each two adjacent edges; indicator: then 1 if missing, else 0.',
  'category: 1 at the position of the value, else 0, or levels on[i] and off[i]; missing: the position for a missing cell. single: one feature, values[i] or other. hash: see buckets in docs/data.md.',
  'layer: a = bias + z W with weights[i][j] from input i to output j, then z = activation(a); withX: from x followed by z of the layer before.',
  'members: of an ensemble, in place of layers: the layers of each network; the answer is the mean of their answers.',
  'output: values: mean + deviation * z, with a transform t = that and then log: sign(t) unit (exp(|t|) - 1), quantile: linear between scores and values and constant beyond; not less than least and not more than greatest if there are ranges; classes: the probabilities, or with one output that of the second class; labels: of the second class of each.',
];

export function jsonText(program: Program, madeBy: string): string {
  const { members, ...others } = program;
  const head = { format: 'lockstep model', version: VERSION, madeBy, about: ABOUT, ...others };
  const opening = JSON.stringify(head, null, 2).replace(/\n\}$/, '');
  const [layers] = members as [Program['members'][number]];
  const body =
    members.length === 1
      ? `"layers": ${layersText(layers)}`
      : `"members": [\n  { "layers": ${members.map(layersText).join(' },\n  { "layers": ')} }\n  ]`;
  return `${opening},\n  ${body}\n}\n`;
}

function layersText(layers: readonly ProgramLayer[]): string {
  return `[\n${layers.map(layerText).join(',\n')}\n  ]`;
}

/** A row of weights a line. */
function layerText({ inputs, outputs, activation, bias, weights, withX }: ProgramLayer): string {
  const rows = Array.from({ length: inputs }, (_, i) => listOf(weights, i * outputs, outputs));
  return [
    '    {',
    `      "inputs": ${inputs}, ${withX ? '"withX": true, ' : ''}"outputs": ${outputs}, "activation": ${JSON.stringify(activation)},`,
    `      "bias": ${listOf(bias, 0, outputs)},`,
    `      "weights": [\n        ${rows.join(',\n        ')}\n      ]`,
    '    }',
  ].join('\n');
}

function listOf(numbers: ArrayLike<number>, from: number, count: number): string {
  return `[${Array.from({ length: count }, (_, j) => shortest(numbers[from + j]!)).join(', ')}]`;
}

/** The shortest decimal number that is read as the same float32. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

/** The program of such a text, for running it. */
export function fromJson(text: string): Program {
  const { layers, members = [{ layers }], ...others } = JSON.parse(text);
  const flat = (layer: { weights: number[][] }) => ({ ...layer, weights: layer.weights.flat() });
  return { ...others, members: members.map((member: { layers: [] }) => member.layers.map(flat)) };
}
