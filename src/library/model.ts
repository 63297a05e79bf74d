/**
 * A fitted model: predicts rows of a program, is judged on others, saved and loaded. Predictions are computed on the calling
 * thread, with the kernels of the workers, so that they have the same bits as `lockstep predict`, without starting a thread.
 */
import type { Dataset, Encoding, Task } from '../data/dataset.js';
import { loadMemoryWith } from '../data/load-memory.js';
import { LockstepError, usageError } from '../errors.js';
import { type Cell, type EncodeRow, type Row, rowEncoder } from '../export/code/encode-row.js';
import { type Program, programOf } from '../export/program.js';
import { predictionsOf } from '../judge/predictions.js';
import { meanPrediction, membersOf } from '../model/members.js';
import type { Network } from '../model/network.js';
import { Forward } from '../session/forward.js';
import type { MachineOptions } from '../session/machine.js';
import { loadModel, saveModel } from '../store/model-file.js';
import { DEFAULT_MACHINE } from '../train/defaults.js';
import { type Evaluation, evaluate } from '../train/jobs/evaluate.js';
import { type Answer, answersOf, rowsOf, truthOf } from './answers.js';
import { isDataset, type RowObject, type Rows, tableOf, weightColumnOf } from './input.js';
import {
  checkEncoded,
  checkEvaluateOptions,
  checkPredictOptions,
  type EvaluateOptions,
  type PredictOptions,
} from './model-options.js';
import { withNames } from './names.js';

/** Rows to predict: objects; arrays of cells in the order of `inputs`; or all numbers, or pixels, row after row. */
export type PredictRows = readonly (RowObject | readonly Cell[])[] | Float32Array | Float64Array | Uint8Array;

/** What is kept of a training. */
export interface Fitted {
  network: Network;
  /** Of an ensemble, those of its members, one after the other. */
  weights: Float32Array;
  encoding: Encoding;
  task: Task;
}

type Backend = Pick<MachineOptions, 'backend' | 'blas'>;

export class FittedModel {
  readonly network: Network;
  readonly weights: Float32Array;
  readonly encoding: Encoding;
  readonly task: Task;
  readonly #program: Program;
  readonly #encode: EncodeRow;
  readonly #backend: Backend;
  #forwards: Forward[] | null = null;

  constructor(fitted: Fitted, backend: Backend = DEFAULT_MACHINE) {
    const { network, weights, encoding, task } = fitted;
    this.network = network;
    this.weights = weights;
    this.encoding = withNames(encoding, network, task);
    this.task = task;
    this.#program = programOf({ ...fitted, encoding: this.encoding });
    this.#encode = rowEncoder(this.#program);
    this.#backend = backend;
  }

  /** Names of the columns that a row needs; none for images. */
  get inputs(): string[] {
    return this.#program.inputs.map(({ name }) => name);
  }

  /** Names of the classes in the order of `predictProbabilities`; none for a regression or several labels. */
  get classes(): string[] {
    return [...this.encoding.classes];
  }

  /** Why predictions are not as fast as they could be, for example without machine code; null if nothing is known. */
  get notice(): string | null {
    return this.#prepared[0]!.notice;
  }

  /**
   * The class of each row, or its value; with several targets, an array of them.
   * @throws usage at a cell that can't be read
   */
  predict(rows: PredictRows, options: PredictOptions = {}): Answer[] {
    return answersOf(this.#yHat(rows, options), this.#program);
  }

  /** The probability of each class; with several labels, of the second class of each. @throws usage for a regression */
  predictProbabilities(rows: PredictRows, options: PredictOptions = {}): number[][] {
    if (this.task === 'regression') {
      throw usageError(
        'predictProbabilities is for classes, and this model predicts numbers.',
        'Call predict.',
      );
    }
    const { yHat, outputs } = this.#yHat(rows, options);
    return rowsOf(yHat, outputs).map(row => (this.task === 'binary' ? [1 - row[0]!, row[0]!] : row));
  }

  /** Judges the model on rows with targets, on a pool of threads. @throws usage */
  async evaluate(
    rows: Rows | Dataset,
    options: EvaluateOptions = {},
  ): Promise<Evaluation & { own?: Record<string, number> }> {
    checkEvaluateOptions(options);
    const { unseen, weightColumn, own, ...machine } = options;
    const data = isDataset(rows) ? checkEncoded(rows, options) : await this.#load(rows, options);
    const found = await evaluate(this.network, this.weights, data, machine);
    if (!own) return found;
    const predicted = answersOf({ yHat: found.predictions, outputs: data.outputs }, this.#program);
    const truth = truthOf(data, this.#program);
    return {
      ...found,
      own: Object.fromEntries(Object.entries(own).map(([name, of]) => [name, of(truth, predicted)])),
    };
  }

  /** Writes the model file, which `load` and `lockstep predict` read. @throws failed if it can't be written */
  async save(path: string): Promise<void> {
    await saveModel(path, this);
  }

  #load(rows: Rows, { unseen = 'error', weightColumn = null }: EvaluateOptions): Promise<Dataset> {
    const given = Array.isArray(rows)
      ? rows
      : {
          columns: this.inputs,
          targets: this.encoding.targets,
          ...(rows as Exclude<Rows, readonly RowObject[]>),
        };
    const { table, named } = tableOf(given, 'rows');
    return loadMemoryWith(table, this.encoding, this.task, {
      requireTargets: true,
      unseen,
      weightColumn: weightColumnOf(named, weightColumn),
    });
  }

  /** One of each member. */
  get #prepared(): Forward[] {
    this.#forwards ??= membersOf(this.network, this.weights).map(
      weights => new Forward(this.network, weights, this.#backend),
    );
    return this.#forwards;
  }

  /** ŷ (rows, outputs) in the targets' units. */
  #yHat(rows: PredictRows, options: PredictOptions): { yHat: Float64Array; outputs: number } {
    checkPredictOptions(options);
    const { unseen = 'error' } = options;
    const list = this.#listOf(rows);
    const [first, ...others] = this.#prepared as [Forward, ...Forward[]];
    const { x, mostRows } = first;
    const features = this.network.layers[0]!;
    const outputs = this.network.layers.at(-1)!;
    const zs = [first, ...others].map(() => new Float32Array(list.count * outputs));
    for (let from = 0; from < list.count; from += mostRows) {
      const count = Math.min(mostRows, list.count - from);
      for (let i = 0; i < count; i++) this.#encodeRow(x, i * features, list.at(from + i), from + i, unseen);
      zs[0]!.set(first.run(count), from * outputs);
      for (const [i, forward] of others.entries()) {
        forward.x.set(x.subarray(0, count * features));
        zs[i + 1]!.set(forward.run(count), from * outputs);
      }
    }
    const data = { task: this.task, outputs, encoding: this.encoding };
    const yHat = meanPrediction(zs.map(z => predictionsOf(z, data)));
    const wrong = yHat.findIndex(value => !Number.isFinite(value));
    if (wrong < 0) return { yHat, outputs };
    throw new LockstepError(
      'diverged',
      `row ${Math.floor(wrong / outputs) + 1}: expected a finite prediction, got ${yHat[wrong]}.`,
    );
  }

  #encodeRow(x: Float32Array, at: number, row: Row, number: number, unseen: 'error' | 'ignore'): void {
    try {
      this.#encode(x, at, row, unseen);
    } catch (error) {
      throw usageError(`row ${number + 1}, ${(error as Error).message}.`);
    }
  }

  /** The rows one by one. @throws usage if they are no rows */
  #listOf(rows: PredictRows): { count: number; at(i: number): Row } {
    const width = this.#program.inputs.length || this.network.layers[0]!;
    if (ArrayBuffer.isView(rows)) {
      const count = rows.length / width;
      if (Number.isInteger(count)) return { count, at: i => rows.subarray(i * width, (i + 1) * width) };
      throw usageError(
        `rows: expected a multiple of ${width} numbers, got ${rows.length}.`,
        'Give all cells of each row.',
      );
    }
    if (!Array.isArray(rows))
      throw usageError(
        `rows: expected an array of rows or of numbers, got ${typeof rows}.`,
        'Put a single row into an array.',
      );
    return {
      count: rows.length,
      at: i => {
        const row = rows[i] as Row;
        const isList = Array.isArray(row) || ArrayBuffer.isView(row);
        if (typeof row === 'object' && row !== null && (!isList || (row as readonly Cell[]).length === width))
          return row;
        const got = isList
          ? `${(row as readonly Cell[]).length} cells`
          : `${row === null ? 'null' : typeof row}`;
        throw usageError(
          `row ${i + 1}: expected an object, or ${width} cells, got ${got}.`,
          'Put a single row into an array.',
        );
      },
    };
  }
}

/** Reads a model file. @throws failed if it can't be read */
export async function load(path: string): Promise<FittedModel> {
  return new FittedModel(await loadModel(path));
}
