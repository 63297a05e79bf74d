/** The WebAssembly module: every kernel of the contract. It owns no memory; the host hands it the arena. */
export { activate, exp, multiplyByDerivative } from './activations';
export { binaryCrossEntropy, softmax, softmaxCrossEntropy, squaredError } from './losses';
export { multiply } from './multiply';
export { gatherBytes, gatherFloats, gatherWords, sumColumns } from './rows';
export { tile } from './tile';
export { update } from './update';
