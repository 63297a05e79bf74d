/** Fuzzed parsers of what a training keeps: tensors, models, checkpoints, folders of runs. */
import { loadCheckpoint } from '../../../src/store/checkpoint-file.js';
import { loadModel } from '../../../src/store/model-file.js';
import { readRunFiles } from '../../../src/store/read-run.js';
import { decodeTensors, encodeTensors } from '../../../src/store/safetensors.js';
import { CHECKPOINT_MODEL, CHECKPOINTS, MODELS, placesOfNetwork, RUNS } from './seeds.js';
import { bytes, claim, fileOf, folder, passing, refusable, type Target } from './target.js';

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

export const STORE_TARGETS: Readonly<Record<string, Target>> = {
  safetensors: safetensorsTarget,
  model: modelTarget,
  checkpoint: checkpointTarget,
  run: runTarget,
};
