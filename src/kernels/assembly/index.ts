/** The WebAssembly module: every kernel of the contract. It owns no memory; the host hands it the arena. */
export { activate, exp, multiplyByDerivative } from './activations';
export { adagrad, adam, adamDirection, rmsprop } from './adaptive';
export { softmaxCrossEntropy } from './cross-entropy';
export { addNoise, drop } from './draws';
export { absoluteError, binaryCrossEntropy, binaryError, huberError, squaredError } from './losses';
export { multiply } from './multiply';
export { sumRowNorms, sumSquaredSums } from './noise';
export { gatherBytes, gatherFloats, gatherSpans, gatherWords, sumColumns } from './rows';
export { collect, descend, momentum, rprop } from './rules';
export { multiplyByShards } from './shards';
export { softmax } from './softmax';
export { tile } from './tile';
export { update } from './update';
export { add, combine, dot, sumSquares } from './vectors';
