/** Names of features and classes, for data that was encoded by a program. */
import type { Encoding, Task } from '../data/dataset.js';
import type { Network } from '../model/network.js';

/** Data that was encoded by a program may have no names of features and classes. */
export function withNames(encoding: Encoding, network: Network, task: Task): Encoding {
  const { kind, columns, classes, labelClasses } = encoding;
  const outputs = network.layers.at(-1)!;
  const isOfClasses = task === 'binary' || task === 'multiclass';
  const count = task === 'binary' ? 2 : outputs;
  return {
    ...encoding,
    ...(kind === 'table' && columns.length === 0 && { columns: columnsFor(network) }),
    ...(isOfClasses && classes.length === 0 && { classes: Array.from({ length: count }, (_, k) => `${k}`) }),
    ...(task === 'multilabel' &&
      !labelClasses?.length && {
        labelClasses: Array.from({ length: outputs }, (): [string, string] => ['0', '1']),
      }),
  };
}

function columnsFor(network: Network): Encoding['columns'] {
  return Array.from({ length: network.layers[0]! }, (_, j) => ({
    name: `x${j + 1}`,
    kind: 'number' as const,
    mean: 0,
    deviation: 1,
    fill: null,
  }));
}
