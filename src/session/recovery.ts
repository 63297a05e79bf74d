/**
 * Recovers from lost workers: keeps a copy of what steps change, made before each segment, and counts the losses.
 * Restores memory and threads; starts nothing.
 */
import { failure } from '../errors.js';
import { option } from '../option-names.js';
import type { Fault } from '../protocol/fault.js';
import { WorkerLost } from '../threads/pool.js';
import type { Session } from './session.js';

/** Losses at one step after which training fails, as the cause is no accident. */
const MOST_LOSSES = 3;

/** A lost worker. */
export interface Loss {
  /** null if it is not known which. */
  worker: number | null;
  /** What it was doing: steps, or judging the validation rows. */
  phase: 'training' | 'validation';
  epoch: number;
  /** Current step since the start, from 1. */
  step: number;
  reason: string;
  /** Losses at this step so far. */
  times: number;
}

type LossPlace = Pick<Loss, 'phase' | 'epoch' | 'step'>;

export class Recovery {
  readonly #session: Session;
  /** The slabs in the arena and their copies, allocated once because allocating costs more than copying; none with other ranks. */
  readonly #slabs: { slab: Uint8Array; copy: Uint8Array }[];
  readonly #losses = new Map<string, number>();
  /** Fault to cause on purpose; counts down. */
  #fault: Fault | null;

  constructor(session: Session, fault: Fault | null) {
    this.#session = session;
    const slabs = session.isShared ? [] : session.slabs;
    this.#slabs = slabs.map(slab => ({ slab, copy: new Uint8Array(slab.length) }));
    this.#fault = fault;
  }

  /** Copies what the next segment starts from. */
  keep(): void {
    for (const { slab, copy } of this.#slabs) copy.set(slab);
  }

  /** The fault to cause in one of `steps` steps after the first `done`, if there is one. */
  faultWithin(done: number, steps: number): { fault?: { after: number; fault: Fault } } {
    const fault = this.#fault;
    if (!fault || fault.phase === 'validation') return {};
    const after = fault.step - 1 - done;
    return after >= 0 && after < steps ? { fault: { after, fault } } : {};
  }

  /** The fault to cause in the validation after `done` steps. */
  faultOfValidation(done: number): Fault | undefined {
    return this.#fault?.phase === 'validation' && this.#fault.step === done ? this.#fault : undefined;
  }

  /**
   * Replaces the pool and, in training, restores what the segment started from.
   * @throws the error itself if it is not a loss, or the job was closed; failed at the third loss in the same place, if a thread
   * can't be terminated, or if other ranks took part
   */
  async recover(error: unknown, place: LossPlace): Promise<Loss> {
    if (!(error instanceof WorkerLost) || this.#session.threads.isClosed) throw error;
    const { phase, epoch, step } = place;
    if (this.#session.isShared) throw lostOverRanks(error, place);
    const key = `${phase} ${step}`;
    const times = (this.#losses.get(key) ?? 0) + 1;
    this.#losses.set(key, times);
    if (times === MOST_LOSSES) throw lostTooOften(error, place);
    if (this.#fault && step === this.#fault.step && --this.#fault.times === 0) this.#fault = null;
    if (!(await this.#session.threads.rebuild())) throw beyondEnding(error, place);
    if (this.#session.threads.isClosed) throw error;
    if (phase === 'training') for (const { slab, copy } of this.#slabs) slab.set(copy);
    const { worker, reason } = error;
    return { worker, phase, epoch, step, reason, times };
  }
}

function nameOf({ phase, epoch, step }: LossPlace): string {
  return phase === 'training' ? `step ${step} (epoch ${epoch})` : `validation after epoch ${epoch}`;
}

function beyondEnding(error: WorkerLost, place: LossPlace) {
  return failure(
    `${nameOf(place)}: expected all workers to finish or to end, got one in a call that does not return: ${error.message}.`,
    `Try ${option('backend', 'wasm')}, or another BLAS; or a longer ${option('stallSeconds')} if a step takes long.`,
    error,
  );
}

/** The other ranks have gone on. */
function lostOverRanks(error: WorkerLost, place: LossPlace) {
  return failure(
    `${nameOf(place)}: expected all workers of all ranks to finish: ${error.message}.`,
    undefined,
    error,
  );
}

function lostTooOften(error: WorkerLost, place: LossPlace) {
  return failure(
    `${nameOf(place)}: expected all workers to finish, lost one ${MOST_LOSSES} times: ${error.message}.`,
    `Try fewer ${option('workers')}, another ${option('backend')}, or ${option('stallSeconds')} if a step takes long.`,
    error,
  );
}
