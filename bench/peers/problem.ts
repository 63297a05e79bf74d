/**
 * What all trainers of a cell start from: rows, weights, and the rows of the first step. They are functions of the cell, so
 * lockstep's processes compute them; for the peers they are written to files.
 *
 * cell.json: the cell. x.f32 (rows, features). y.i32 (rows) of classes, or y.f32 (rows, outputs). w.f32: W(1), W(2), …, each
 * (inputs + 1, outputs) with the bias in row 0. first.u32 (batch): the rows of the step that is compared.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../../src/data/dataset.js';
import { arrayRows } from '../../src/data/rows.js';
import { randomRows } from '../../src/lab/bench/random-rows.js';
import { Batches } from '../../src/model/batches.js';
import { initialWeights } from '../../src/model/init.js';
import { Random } from '../../src/random.js';
import { EpochOrders } from '../../src/session/orders.js';
import { type Cell, networkOf } from './cells.js';

const SEED = 1;

/** The options of lockstep's steps, from which the order of the rows follows. */
export function orderOf(cell: Cell) {
  return { batches: new Batches(cell, cell.rows), seed: SEED };
}

export function weightsOf(cell: Cell): Float32Array {
  return initialWeights(networkOf(cell), SEED);
}

/** Uniform features with random classes, or normal ones with random values. */
export function datasetOf(cell: Cell): Dataset {
  const data = randomRows(networkOf(cell), cell.rows, SEED);
  if (cell.loss === 'cross-entropy') return data;
  const { rows, features, outputs } = data;
  const random = new Random(SEED, 'probe');
  const normal = (count: number, from: number) =>
    new Float32Array(count).map((_, i) => random.normal(from + i));
  return {
    ...data,
    task: 'regression',
    x: arrayRows(normal(rows * features, 0), features),
    y: normal(rows * outputs, rows * features),
  };
}

/** Writes the files of a cell into a folder. */
export async function writeProblem(cell: Cell, folder: string): Promise<void> {
  const data = datasetOf(cell);
  const x = new Float32Array(data.rows * data.features);
  data.x.write(x, 0, data.rows);
  const { batches, seed } = orderOf(cell);
  const places = [new Uint32Array(cell.rows), new Uint32Array(cell.rows)] as const;
  const orders = new EpochOrders(
    places,
    { shuffle: true, seed, bytesPerRow: 4 * data.features, storedBy: null },
    batches,
  );
  const first = orders.of(1).subarray(0, cell.batchSize);
  await Promise.all([
    writeFile(join(folder, 'cell.json'), JSON.stringify(cell)),
    writeFile(join(folder, 'x.f32'), x),
    writeFile(join(folder, cell.loss === 'sse' ? 'y.f32' : 'y.i32'), data.y),
    writeFile(join(folder, 'w.f32'), weightsOf(cell)),
    writeFile(join(folder, 'first.u32'), first),
  ]);
}

export async function readCell(folder: string): Promise<Cell> {
  return JSON.parse(await readFile(join(folder, 'cell.json'), 'utf8')) as Cell;
}

export async function readFloats(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/**
 * How far a step is from lockstep's: the largest over the layers of |Δ − Δ′| / |Δ′| (Euclidean norms), Δ = w′ − w. By plain
 * descent that is the relative error of the gradient.
 */
export function errorOfStep(
  { layers }: Cell,
  before: Float32Array,
  expected: Float32Array,
  got: Float32Array,
): number {
  if (got.length !== before.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let begin = 0;
  for (const [l, inputs] of layers.slice(0, -1).entries()) {
    const end = begin + (inputs + 1) * layers[l + 1]!;
    let difference = 0;
    let norm = 0;
    for (let i = begin; i < end; i++) {
      difference += (got[i]! - expected[i]!) ** 2;
      norm += (expected[i]! - before[i]!) ** 2;
    }
    const error = Math.sqrt(difference / norm);
    // NaN is an error too.
    worst = error <= worst ? worst : error;
    begin = end;
  }
  return worst;
}
