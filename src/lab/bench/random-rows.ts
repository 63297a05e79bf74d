/** Rows to measure speed on: what is in them does not matter, but that they are not all the same. */
import type { Dataset } from '../../data/dataset.js';
import type { Network } from '../../model/network.js';
import { Random } from '../../random.js';

/** Uniform features and classes; the features are computed when they are requested. */
export function randomRows(network: Network, rows: number, seed: number): Dataset {
  const features = network.layers[0]!;
  const classes = network.layers.at(-1)!;
  const random = new Random(seed, 'probe');
  const y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) y[i] = random.word(rows * features + i) % classes;
  return {
    source: `${rows} random rows`,
    task: 'multiclass',
    rows,
    features,
    outputs: classes,
    x: {
      ...{ count: rows, width: features, type: 'f32' },
      write(into, from, to) {
        const first = from * features;
        const count = to * features - first;
        for (let i = 0; i < count; i++) into[i] = random.uniform(first + i);
      },
    },
    scale: 1,
    y,
    encoding: { kind: 'table', columns: [], targets: [], classes: [], targetScales: [] },
  };
}
