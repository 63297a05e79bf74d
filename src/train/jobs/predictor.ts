/**
 * Predicts blocks of rows with one network or an ensemble, one block after the other, in memory that depends on the largest block
 * alone. A row's prediction does not depend on its block.
 */
import { type Dataset, rowNumber } from '../../data/dataset.js';
import { LockstepError } from '../../errors.js';
import type { Sums } from '../../judge/judge.js';
import { predictionsOf } from '../../judge/predictions.js';
import type { Backend } from '../../kernels/choose.js';
import { meanPrediction, membersOf } from '../../model/members.js';
import type { Network } from '../../model/network.js';
import { option } from '../../option-names.js';
import type { MachineOptions } from '../../session/machine.js';
import { Session } from '../../session/session.js';

export interface Predicted {
  /**
   * ŷ (rows, outputs): probabilities of the classes (multiclass), of class 1 (binary), or values in the targets' own units
   * (regression). Of an ensemble, the mean over its members.
   */
  predictions: Float64Array;
  /** Of the block, if it has targets; null for an ensemble, whose workers see one member at a time. */
  sums: Sums | null;
}

export class Predictor {
  readonly #network: Network;
  /** Of each member. */
  readonly #members: readonly Float32Array[];
  readonly #machine: MachineOptions;
  #session: Session | null = null;
  /** Most rows of a block that the session has room for. */
  #room = 0;
  /** Seconds of the passes through the network. */
  seconds = 0;
  /** null before the first block. */
  backend: Backend | null = null;

  /** @param weights those of an ensemble are those of its members, one after the other */
  constructor(network: Network, weights: Float32Array, machine: MachineOptions) {
    this.#network = network;
    this.#members = membersOf(network, weights);
    this.#machine = machine;
  }

  /**
   * @throws usage if data and network don't fit; diverged if a prediction is not finite; failed if a worker failed
   */
  async predict(block: Dataset): Promise<Predicted> {
    const session = await this.#sessionFor(block);
    const begun = performance.now();
    const found: Float64Array[] = [];
    let sums: Sums | null = null;
    for (const weights of this.#members) {
      if (this.#members.length > 1) session.loadWeights(weights);
      sums = await session.evaluate('validation', true);
      const z = session.view('predictions', 'f32').subarray(0, block.rows * block.outputs);
      found.push(predictionsOf(z, block));
    }
    this.seconds += (performance.now() - begun) / 1000;
    const predictions = meanPrediction(found);
    checkFinite(predictions, block);
    return { predictions, sums: found.length > 1 ? null : sums };
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
      weights: () => this.#members[0]!,
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
