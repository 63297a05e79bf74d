/**
 * The fuzzed parsers, each of which takes arbitrary bytes. A run either reads them or refuses them with a
 * LockstepError; anything else thrown is a finding. The property tests use the same targets.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { readConfigFile } from '../../../src/config/config-file.js';
import { checkOptions } from '../../../src/config/settings.js';
import { product, readIdx } from '../../../src/data/images/idx.js';
import { encodeLabels, encodingOf } from '../../../src/data/images/labels.js';
import { loadCheckpoint } from '../../../src/store/checkpoint-file.js';
import { loadModel } from '../../../src/store/model-file.js';
import { readRunFiles } from '../../../src/store/read-run.js';
import { decodeTensors, encodeTensors } from '../../../src/store/safetensors.js';
import { ARRAY_TARGETS } from './array-targets.js';
import { CELL_TARGETS } from './cell-targets.js';
import { mendGzip, PACKED_TARGETS } from './packed-targets.js';
import { CHECKPOINT_MODEL, CHECKPOINTS, MODELS, placesOfNetwork, RUNS } from './seeds.js';
import { bytes, claim, fileOf, folder, passing, refusable, type Target } from './target.js';
import { TEXT_TARGETS } from './text-targets.js';

export type { Target } from './target.js';

/** An IDX file: zero, zero, type, number of dimensions, their sizes, elements. */
function idx(type: number, sizes: number[], elements: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  view.setUint16(2, (type << 8) | sizes.length);
  for (const [i, size] of sizes.entries()) view.setUint32(4 + 4 * i, size);
  return Uint8Array.from([...new Uint8Array(view.buffer), ...elements]);
}

const IMAGES = idx(8, [2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]);

/** Bytes of an element, by type. */
const IDX_BYTES: Readonly<Record<number, number>> = { 8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 };

const idxTarget: Target = {
  seeds: [
    IMAGES,
    gzipSync(IMAGES),
    gzipSync(IMAGES, { level: 0 }),
    idx(8, [4], [0, 1, 2, 1]),
    idx(9, [2], [255, 1]),
    idx(11, [2], [0, 1, 255, 255]),
    idx(12, [1, 1], [0, 0, 1, 0]),
    idx(13, [2, 1], [0x3f, 0x80, 0, 0, 0xbf, 0x80, 0, 0]),
    idx(14, [1, 1], [0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
  ],
  words: [],
  run: input =>
    passing(async () => {
      const read = await readIdx(fileOf('any-idx', input));
      claim(read.values.length === product(read.dimensions), 'as many elements as the header says');
      const plain = input[0] === 0 ? input : gunzipSync(input);
      const expected = 4 + 4 * read.dimensions.length + read.values.length * IDX_BYTES[plain[2]!]!;
      claim(expected === plain.length, `${expected} bytes, not ${plain.length}`);
      if (read.dimensions.length !== 1) return;
      const { task, encoding } = encodingOf(read, 'auto');
      const { y } = encodeLabels(read, task, encoding.classes);
      claim(y.length === read.values.length, 'a target for each label');
    }),
  mend: mendGzip,
};

const HEADER = {
  __metadata__: { format: 'pt' },
  a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
  b: { dtype: 'I64', shape: [], data_offsets: [16, 24] },
};

/** A safetensors file with this header text, and the given number of tensor bytes. */
export function tensorFile(header: Uint8Array, dataBytes: number): Uint8Array {
  const file = new Uint8Array(8 + header.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  return file;
}

/**
 * Plain bytes if the first is 0; otherwise a header of the right length, and as many tensor bytes as it says.
 */
function asTensorFile(input: Uint8Array): Uint8Array {
  const [dataBytes = 0] = input;
  return dataBytes === 0 ? input.subarray(1) : tensorFile(input.subarray(1), dataBytes - 1);
}

const withLength = (dataBytes: number, header: object) =>
  Uint8Array.from([dataBytes + 1, ...bytes(JSON.stringify(header))]);

const safetensorsTarget: Target = {
  seeds: [
    withLength(24, HEADER),
    withLength(0, {}),
    Uint8Array.from([0, ...tensorFile(bytes(JSON.stringify(HEADER)), 24)]),
  ],
  words: [
    '"dtype"',
    '"shape"',
    '"data_offsets"',
    '"__metadata__"',
    '"__proto__"',
    '"F64"',
    '"I32"',
    '"U8"',
    '[',
    '{',
    '\\u0061',
  ],
  run: async input => {
    const file = asTensorFile(input);
    const read = await refusable(() => decodeTensors(file, 'any.safetensors'));
    if (read === null) return false;
    const held = [...read.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    const header = Number(Buffer.from(file).readBigUInt64LE());
    claim(8 + header + held === file.length, `tensors of ${file.length - 8 - header} bytes, not ${held}`);
    // What was read can be written and read again, so a refusal here is a finding.
    const again = decodeTensors(Buffer.concat(encodeTensors(read)), 'again.safetensors');
    claim(again.tensors.size === read.tensors.size, 'the same tensors after writing and reading');
    for (const [name, { type, shape, data }] of read.tensors) {
      const other = again.tensors.get(name);
      claim(other?.type === type && other.shape.join() === shape.join(), `${name} as it was`);
      claim(Buffer.from(data.buffer).equals(Buffer.from(other!.data.buffer)), `${name}, bit for bit`);
    }
    return true;
  },
};

/** Three lines: task, network, encoding. The network's tensors are added if it is small. */
const modelTarget: Target = {
  seeds: MODELS.map(lines => bytes(lines.join('\n'))),
  words: [
    '"layers"',
    '"softmax"',
    '"binary-cross-entropy"',
    '"sigmoid"',
    'binary',
    '"pixels"',
    '"labelClasses"',
    '"huberDelta"',
    '"targetIsInput"',
    '"fill"',
    '1e9',
    '1e15',
    'null',
    '[',
  ],
  run: input =>
    passing(async () => {
      const [task = '', network = '', ...encoding] = new TextDecoder().decode(input).split('\n');
      const metadata = { lockstep: '2', task, network, encoding: encoding.join('\n') };
      const layers = layersOf(network);
      const header = bytes(JSON.stringify({ __metadata__: metadata, ...placesOfNetwork(layers) }));
      const file = tensorFile(header, 4 * parametersOf(layers));
      const model = await loadModel(fileOf('any.safetensors', file));
      claim(model.weights.length === parametersOf(layers), 'no more weights than the file holds');
    }),
};

const MOST_UNITS = 9;

/**
 * The layers that a description names; those of an empty network if there are none, or if they are too large
 * to create.
 */
function layersOf(network: string): number[] {
  try {
    const { layers } = JSON.parse(network);
    const isSmall = (size: unknown) =>
      Number.isSafeInteger(size) && Number(size) > 0 && Number(size) <= MOST_UNITS;
    return Array.isArray(layers) && layers.length <= MOST_UNITS && layers.every(isSmall) ? layers : [];
  } catch {
    return [];
  }
}

function parametersOf(layers: readonly number[]): number {
  return layers.slice(1).reduce((sum, outputs, i) => sum + (layers[i]! + 1) * outputs, 0);
}

const configTarget: Target = {
  seeds: [
    bytes('hidden: 128,64\nbatch-size: full\nlr: 0.1\nno-shuffle: true\n'),
    bytes(
      'dropout: [0.5, 0.2]\nclass-weights: {a: 2, b: 0.5}\nbatch-schedule: "0:64,10:512"\nfolds: 5\nmetrics: [f1, auc]\n',
    ),
    bytes('loss: huber\nhuber-delta: 1.5\ntarget: [a, b]\ntarget-metric: accuracy=0.98\nmax-steps: 9\n'),
    bytes('{"options": {"hidden": [10, 10], "activation": ["tanh", "relu"], "seed": 1}, "node": "v20"}'),
    bytes(
      '%YAML 1.1\n---\ntarget: !!str 5\nepochs: 0x1F\nvalidation: .2\nquery: >\n  SELECT *\n  FROM data\n',
    ),
  ],
  words: [
    'options:',
    '&a ',
    '*a',
    '<<: ',
    '!!set',
    '!!omap',
    '!!binary ',
    '? ',
    '__proto__',
    'constructor',
    '|\n ',
    '- ',
    '[',
    '{',
    '# ',
    '%YAML 1.1\n---\n',
  ],
  run: input =>
    passing(async () => {
      const path = fileOf('any.yaml', input);
      const settings = checkOptions('train', (await readConfigFile(path)).options, path);
      claim(Object.getPrototypeOf(settings) === Object.prototype, 'plain settings');
      for (const [key, value] of Object.entries(settings)) claim(value !== undefined, `a value for ${key}`);
    }),
};

/** The first line: the tensors' positions. The rest: the metadata "checkpoint". */
const checkpointTarget: Target = {
  seeds: CHECKPOINTS.map(lines => bytes(lines.join('\n'))),
  words: ['"optimizer.', '"best.', '__proto__', '"epoch"', '"step"', '1e9', '1e400', '-1', 'null', '[', '{'],
  run: input =>
    passing(async () => {
      const [places = '', ...record] = new TextDecoder().decode(input).split('\n');
      const metadata = { ...CHECKPOINT_MODEL, checkpoint: record.join('\n') };
      const header = `{"__metadata__":${JSON.stringify(metadata)},${places.slice(1)}`;
      const { state } = await loadCheckpoint(
        fileOf('step.safetensors', tensorFile(bytes(header), endOf(places))),
      );
      claim(state.stepLosses.length === state.step, 'a loss for each step');
      claim(state.weights.length === 3, 'the weights of the network');
    }),
};

/** End of the last of these tensors, if they have few bytes. */
function endOf(places: string): number {
  const ends = [...places.matchAll(/,(\d{1,3})\]\}/g)].map(([, end]) => Number(end));
  return Math.max(0, ...ends);
}

/**
 * "config.json", "metrics.jsonl" and "summary.json" of a run's folder, separated by lines of a single dash.
 */
const runTarget: Target = {
  seeds: RUNS.map(files => bytes(files.join('\n-\n'))),
  words: ['\n-\n', '{"', '[', 'null'],
  run: input =>
    passing(async () => {
      const parts = Buffer.from(input).toString('latin1').split('\n-\n');
      for (const [i, name] of ['config.json', 'metrics.jsonl', 'summary.json'].entries()) {
        fileOf(name, Buffer.from(parts[i] ?? '', 'latin1'));
      }
      const { metrics, unreadable } = await readRunFiles(folder);
      const lines = (parts[1] ?? '').split('\n').length - 1;
      claim(metrics.length + unreadable.length === lines, 'each whole line read or named');
    }),
};

export const TARGETS: Readonly<Record<string, Target>> = {
  idx: idxTarget,
  safetensors: safetensorsTarget,
  model: modelTarget,
  checkpoint: checkpointTarget,
  run: runTarget,
  config: configTarget,
  ...ARRAY_TARGETS,
  ...PACKED_TARGETS,
  ...CELL_TARGETS,
  ...TEXT_TARGETS,
};
