/** The WebAssembly module: every kernel of the contract. It owns no memory; the host hands it the arena. */
export { activate, exp, multiplyByDerivative } from './activations';
export { softmaxCrossEntropy } from './cross-entropy';
export { addNoise, drop } from './draws';
export { checksum } from './checksum';
export { absoluteError, binaryCrossEntropy, binaryError, huberError, quantileError, squaredError } from './losses';
export { multiply } from './multiply';
export { sumRowNorms, sumSquaredSums } from './noise';
export { gatherBytes, gatherFloats, gatherSpans, gatherWords, sumColumns } from './rows';
export {
  adagrad,
  adam,
  adamDirection,
  add,
  collect,
  combine,
  descend,
  momentum,
  nesterov,
  rmsprop,
  rmspropMomentum,
  rprop,
  update,
} from './rules';
export { multiplyByShards } from './shards';
export { softmax } from './softmax';
export { tile } from './tile';
export { dot, sumSquares } from './vectors';
