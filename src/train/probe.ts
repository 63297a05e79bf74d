/**
 * `workers: 'auto'`: finds the fastest number of workers during the first steps of the training itself. No work is lost,
 * and the bits are the same, since they depend only on the shards. Decides; runs nothing.
 *
 * Starting with all workers and halving the number, each candidate takes turns with the best so far, because the speed
 * of a machine drifts. The best turn of each is compared, including dispatch and barriers: noise only makes a turn slower.
 */
import type { WorkersReport } from './reports.js';

/**
 * Time for compiling code and first touching the data; not measured. The first segment is not measured either. While the engine
 * compiles, it takes cores from the workers: after 60 ms, one worker of two was chosen in 5 of 6 trainings of 784,30,10 in
 * batches of 64 that two take 1.4 times as fast.
 */
const WARM_UP_MILLISECONDS = 250;
/** Long compared with the dispatch of a task, short compared with a training. */
const TURN_MILLISECONDS = 20;
/** Steps that take this long don't gain from fewer workers: their time at barriers is negligible. */
const LONG_STEP_MILLISECONDS = 50;
const LEAST_TURNS = 2;
/** Turns if two candidates are close. */
const MOST_TURNS = 4;
/**
 * Turns before fewer workers are chosen. A stall of one core, of 3 to 6 ms on a shared machine, delays all workers but not
 * one alone, so that a few turns without a stall must have come: a choice of too few workers lasts for the whole training.
 */
const SURE_TURNS = 8;
/** Fewer workers are chosen if they need less than this part of the time; within the noise, more are kept. */
const FASTER = 0.95;
/** A candidate whose time is between these multiples of the best one's is close, and is measured again. */
const CLOSE = [0.85, 1.15] as const;
/** Above this multiple one turn is enough, and even fewer workers are not tried. */
const HOPELESS = 1.4;

interface Candidate {
  workers: number;
  /** Milliseconds per sample in each of its turns. */
  turns: number[];
}

export class WorkerProbe {
  readonly #candidates: Candidate[] = [];
  /** Milliseconds of warm-up; null before the first segment, in which threads start and receive the job. */
  #warm: number | null = null;
  /** Shortest mean step of a segment so far, in milliseconds. */
  #step = Number.POSITIVE_INFINITY;
  #best: Candidate;
  #candidate: Candidate | null;
  #current: Candidate;
  /** Samples and time of the current turn. */
  #samples = 0;
  #milliseconds = 0;
  #chosen = false;

  constructor(poolSize: number) {
    this.#best = this.#try(poolSize);
    this.#candidate = null;
    this.#current = this.#best;
  }

  /** How many workers take the next steps. */
  get workers(): number {
    return this.#current.workers;
  }

  get isOver(): boolean {
    return this.#chosen;
  }

  /** How long the next steps may take. */
  get milliseconds(): number {
    if (this.#chosen) return Number.POSITIVE_INFINITY;
    const left = this.#isWarm
      ? TURN_MILLISECONDS - this.#milliseconds
      : WARM_UP_MILLISECONDS - (this.#warm ?? 0);
    return Math.max(left, 1);
  }

  /** Records completed steps. Returns the choice once it is made. */
  note(steps: number, samples: number, milliseconds: number): WorkersReport | null {
    if (!this.#isWarm) return this.#warmUp(steps, milliseconds);
    this.#samples += samples;
    this.#milliseconds += milliseconds;
    if (this.#milliseconds < TURN_MILLISECONDS) return null;
    this.#current.turns.push(this.#milliseconds / this.#samples);
    this.#samples = 0;
    this.#milliseconds = 0;
    return this.#next();
  }

  get #isWarm(): boolean {
    return this.#warm !== null && this.#warm >= WARM_UP_MILLISECONDS;
  }

  #warmUp(steps: number, milliseconds: number): WorkersReport | null {
    if (this.#warm !== null) this.#step = Math.min(this.#step, milliseconds / steps);
    this.#warm = this.#warm === null ? 0 : this.#warm + milliseconds;
    return this.#isWarm && this.#step > LONG_STEP_MILLISECONDS ? this.#choose() : null;
  }

  /** Decides who has the next turn. */
  #next(): WorkersReport | null {
    this.#candidate ??= this.#below(this.#best);
    if (!this.#candidate) return this.#choose();
    if (this.#isUndecided(this.#candidate)) {
      const lead = this.#candidate.turns.length < this.#best.turns.length;
      this.#current = lead ? this.#candidate : this.#best;
      return null;
    }
    const ratio = timeOf(this.#candidate) / timeOf(this.#best);
    const lower = ratio < HOPELESS ? this.#below(this.#candidate) : null;
    if (ratio < FASTER) this.#best = this.#candidate;
    if (!lower) return this.#choose();
    this.#candidate = lower;
    this.#current = lower;
    return null;
  }

  #isUndecided({ turns }: Candidate): boolean {
    if (turns.length === 0) return true;
    const ratio = timeOf(this.#candidate!) / timeOf(this.#best);
    if (ratio > HOPELESS) return false;
    const close = ratio > CLOSE[0] && ratio < CLOSE[1];
    return turns.length < (ratio < FASTER ? SURE_TURNS : close ? MOST_TURNS : LEAST_TURNS);
  }

  #below({ workers }: Candidate): Candidate | null {
    return workers > 1 ? this.#try(Math.floor(workers / 2)) : null;
  }

  #try(workers: number): Candidate {
    const candidate = { workers, turns: [] };
    this.#candidates.push(candidate);
    return candidate;
  }

  #choose(): WorkersReport {
    this.#chosen = true;
    this.#current = this.#best;
    const measured = this.#candidates
      .filter(({ turns }) => turns.length > 0)
      .map(candidate => ({ workers: candidate.workers, samplesPerSecond: 1000 / timeOf(candidate) }));
    return { type: 'workers', workers: this.#best.workers, measured };
  }
}

function timeOf({ turns }: Candidate): number {
  return Math.min(...turns);
}
