/** Rows to measure speed on: what is in them does not matter, but that they are not all the same. */
import type { Dataset } from '../data/dataset.js';
import type { Network } from '../model/network.js';
import { Random } from '../random.js';

/** Uniform features and classes, in shared memory. */
export function randomRows(network: Network, rows: number, seed: number): Dataset {
  const features = network.layers[0]!;
  const classes = network.layers.at(-1)!;
  const random = new Random(seed, 'probe');
  const x = new Float32Array(new SharedArrayBuffer(rows * features * 4));
  for (let i = 0; i < x.length; i++) x[i] = random.uniform(i);
  const y = new Int32Array(new SharedArrayBuffer(rows * 4));
  for (let i = 0; i < rows; i++) y[i] = random.word(x.length + i) % classes;
  return {
    source: `${rows} random rows`,
    task: 'multiclass',
    rows,
    features,
    outputs: classes,
    x,
    scale: 1,
    y,
    encoding: { kind: 'table', columns: [], targets: [], classes: [], targetScales: [] },
  };
}
