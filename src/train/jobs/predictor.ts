/**
 * Predicts blocks of rows with one network, one block after the other, in memory that depends on the largest block alone. A
 * row's prediction does not depend on its block.
 */
import { type Dataset, rowNumber } from '../../data/dataset.js';
import { LockstepError } from '../../errors.js';
import type { Sums } from '../../judge/judge.js';
import { predictionsOf } from '../../judge/predictions.js';
import type { Backend } from '../../kernels/choose.js';
import type { Network } from '../../model/network.js';
import { option } from '../../option-names.js';
import type { MachineOptions } from '../../session/machine.js';
import { Session } from '../../session/session.js';

export interface Predicted {
  /**
   * ŷ (rows, outputs): probabilities of the classes (multiclass), of class 1 (binary), or values in the targets' own units
   * (regression).
   */
  predictions: Float64Array;
  /** Of the block, if it has targets. */
  sums: Sums;
}

export class Predictor {
  readonly #network: Network;
  readonly #weights: Float32Array;
  readonly #machine: MachineOptions;
  #session: Session | null = null;
  /** Most rows of a block that the session has room for. */
  #room = 0;
  /** Seconds of the passes through the network. */
  seconds = 0;
  /** null before the first block. */
  backend: Backend | null = null;

  constructor(network: Network, weights: Float32Array, machine: MachineOptions) {
    this.#network = network;
    this.#weights = weights;
    this.#machine = machine;
  }

  /**
   * @throws usage if data and network don't fit; diverged if a prediction is not finite; failed if a worker failed
   */
  async predict(block: Dataset): Promise<Predicted> {
    const session = await this.#sessionFor(block);
    const begun = performance.now();
    const sums = await session.evaluate('validation', true);
    this.seconds += (performance.now() - begun) / 1000;
    const z = session.view('predictions', 'f32').subarray(0, block.rows * block.outputs);
    const predictions = predictionsOf(z, block);
    checkFinite(predictions, block);
    return { predictions, sums };
  }

  /** Releases threads and memory. */
  async close(): Promise<void> {
    await this.#session?.close();
    this.#session = null;
  }

  /** A session that has the block in memory. */
  async #sessionFor(block: Dataset): Promise<Session> {
    if (this.#session && block.rows <= this.#room) {
      this.#session.loadBlock(block);
      return this.#session;
    }
    await this.close();
    const session = await Session.open({
      network: this.#network,
      weights: () => this.#weights,
      training: null,
      validation: block,
      batchRows: block.rows,
      keepPredictions: true,
      update: 'sharded',
      machine: this.#machine,
    });
    this.#session = session;
    this.#room = block.rows;
    this.backend = session.backend;
    return session;
  }
}

/** @throws diverged with the first row that has a prediction which is not finite */
function checkFinite(predictions: Float64Array, data: Dataset): void {
  const at = predictions.findIndex(value => !Number.isFinite(value));
  if (at < 0) return;
  const row = rowNumber(data, Math.floor(at / data.outputs));
  throw notFinite(`${data.source}, row ${row}`, `prediction, got ${predictions[at]}`);
}

export function notFinite(where: string, found: string): LockstepError {
  return new LockstepError('diverged', `${where}: expected a finite ${found}.`, {
    hint: `Look for huge values there, and leave such rows out with ${option('query')}; if all are so, the weights are too large: train with a smaller ${option('learningRate')}.`,
  });
}
