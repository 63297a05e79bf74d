/** Binds operations on rows to kernels: combines an operation's places with the rows of the registers. */
import { distorter } from '../src/kernels/distort.js';
import type { Elements, Kernels } from '../src/kernels/kernels.js';
import type {
  Distort,
  Drop,
  Fold,
  Gather,
  Noise,
  RowNorms,
  RowOperation,
  Window,
} from '../src/model/operations.js';
import { keyOf } from '../src/model/perturbation.js';
import type { Slots } from '../src/protocol/collective.js';
import type { NoiseSums } from '../src/protocol/noise.js';
import type { Run } from '../src/protocol/update.js';
import { bindGradient } from './bind-gradient.js';
import { bindDelta, bindLayer } from './bind-layer.js';
import { bindLoss, bindPredict } from './bind-loss.js';
import { forEachShard } from './each-shard.js';

export interface RowBinding {
  kernels: Kernels;
  memory: WebAssembly.Memory;
  /** Σ E and correct rows of each shard. */
  metrics: Slots;
  noise: NoiseSums | null;
  /** Σ |∇Eₙ|² of each of this worker's shards, until the update phase. */
  rowNorms: Float64Array;
}

export function bindRows(operation: RowOperation, binding: RowBinding): Run {
  const { kernels, memory, metrics } = binding;
  switch (operation.kind) {
    case 'clear':
      return ({ shard, leaves, accumulate }) => {
        for (let i = 0; i < leaves && !accumulate; i++) metrics.clear(shard + i);
      };
    case 'gather':
      return bindGather(operation, kernels, memory);
    case 'distort':
      return bindDistort(operation, memory);
    case 'noise':
      return bindNoise(operation, kernels);
    case 'drop':
      return bindDrop(operation, kernels);
    case 'layer':
      return bindLayer(operation, kernels);
    case 'loss':
      return bindLoss(operation, kernels, metrics);
    case 'predict':
      return bindPredict(operation, kernels, memory);
    case 'gradient':
      return bindGradient(operation, kernels);
    case 'fold':
      return bindFold(operation, kernels);
    case 'delta':
      return bindDelta(operation, kernels);
    case 'row norms':
      return bindRowNorms(operation, binding);
    case 'note row norms':
      return ({ shard, leaves }) => {
        for (let i = shard; i < shard + leaves; i++) binding.noise!.noteShard(i, binding.rowNorms[i]!);
      };
  }
}

function bindGather(operation: Gather, { elements }: Kernels, memory: WebAssembly.Memory): Run {
  const { window, x, weights, counts, features, numbers } = operation;
  const gatherX = bindGatherX(window, features, elements);
  const gatherY = bindGatherY(operation, gatherX, elements);
  const words = new Uint32Array(memory.buffer);
  return ({ at, row, rows, order, shift }) => {
    let from = order + row * 4;
    if (numbers !== null) {
      from = numbers;
      for (let i = 0; i < rows; i++) words[numbers / 4 + i] = row + i + shift;
    }
    gatherX(x + at * features * 4, from, rows);
    gatherY?.(at, from, rows);
    if (window.weights > 0) elements.gatherWords(weights + at * 4, window.weights, from, rows, 1);
    if (window.counts > 0) elements.gatherWords(counts + at * 4, window.counts, from, rows, 1);
  };
}

type GatherRows = (to: number, order: number, rows: number) => void;

function bindGatherX(window: Window, features: number, elements: Elements): GatherRows {
  const { x, type, width, spans, spanCount, scale } = window;
  if (spanCount === 0) {
    const gather = type === 'u8' ? elements.gatherBytes : elements.gatherFloats;
    return (to, order, rows) => gather(to, x, order, rows, features, scale);
  }
  return (to, order, rows) => elements.gatherSpans(to, x, order, spans, rows, width, features, spanCount);
}

/** Writes targets from row `at` of the scratch on; null if the rows have none. */
function bindGatherY(
  { window, y, features }: Gather,
  gatherX: GatherRows,
  elements: Elements,
): GatherRows | null {
  const { targets, targetIsInput } = window;
  // A copy, which does not change if x is perturbed.
  if (targetIsInput) return (at, order, rows) => gatherX(y + at * features * 4, order, rows);
  if (targets === 0) return null;
  return (at, order, rows) => elements.gatherWords(y + at * targets * 4, window.y, order, rows, targets);
}

function bindDistort({ x, columns, distortion, seed }: Distort, memory: WebAssembly.Memory): Run {
  const distort = distorter(memory, distortion);
  return ({ at, row, rows, step }) =>
    distort(x + at * columns * 4, rows, keyOf({ seed }, 'distortion', step, 0), row);
}

function bindNoise({ x, columns, deviation, seed }: Noise, { elements }: Kernels): Run {
  return ({ at, row, rows, step }) => {
    const key = keyOf({ seed }, 'noise', step, 0);
    elements.addNoise(x + at * columns * 4, rows, columns, key, row, deviation);
  };
}

function bindDrop({ layer, to, from, begin, end, width, rate, seed }: Drop, { elements }: Kernels): Run {
  return ({ at, row, rows, step }) => {
    const key = keyOf({ seed }, 'dropout', step, layer);
    const first = at * width * 4;
    elements.drop(to + first, from + first, rows, end - begin, width, key, row, begin, rate);
  };
}

/** Folds slabs that have become the halves of a larger block: adds the last to the one before, that to its predecessor, … */
function bindFold({ gw, slabBytes }: Fold, { rules }: Kernels): Run {
  return ({ slab, folds }) => {
    for (let from = slab; from > slab - folds; from--) {
      rules.add(gw + (from - 1) * slabBytes, gw + from * slabBytes, slabBytes / 4);
    }
  };
}

function bindRowNorms({ layers, accumulate }: RowNorms, { kernels, rowNorms }: RowBinding): Run {
  return registers =>
    forEachShard(registers, (at, rows, shard) => {
      let sum = 0;
      for (const { z, delta, inputs, outputs } of layers) {
        const zRows = z + at * inputs * 4;
        sum += kernels.rules.sumRowNorms(zRows, delta + at * outputs * 4, rows, inputs, outputs);
      }
      rowNorms[shard] = accumulate || registers.accumulate ? rowNorms[shard]! + sum : sum;
    });
}
