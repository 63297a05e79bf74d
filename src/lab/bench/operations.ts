/** How much arithmetic a step is. */

/** Operations of a step: 2 for each of three products a weight, none for the delta of the input. */
export function countOperations(layers: readonly number[], batchSize: number): number {
  const products = layers.slice(1).reduce((sum, m, l) => sum + layers[l]! * m, 0);
  return 6 * batchSize * products - 2 * batchSize * layers[0]! * layers[1]!;
}
