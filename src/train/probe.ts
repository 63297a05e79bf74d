/**
 * `--workers auto`: which number of workers is the fastest, found out with the first steps of the training itself.
 * No work is lost, and the bits are the same, since they depend on the shards alone. Decides; runs nothing.
 *
 * From all workers down by halves, each candidate takes turns with the best so far, since a machine's speed drifts.
 * What is compared is the best turn of each, dispatch and barriers included: noise only ever makes a turn slower.
 */
import type { WorkersReport } from './reports.js';

/** Code is compiled and data touched for the first time in this time; it is not measured, as is the first segment. */
const WARM_UP_MILLISECONDS = 60;
/** A turn: long beside the dispatch of a task, short beside a training. */
const TURN_MILLISECONDS = 20;
/** Steps so long have no use for fewer workers: what they wait for each other is nothing beside them. */
const LONG_STEP_MILLISECONDS = 50;
const LEAST_TURNS = 2;
/** Turns where two are close. */
const MOST_TURNS = 4;
/** Fewer workers are taken where they need less than this part of the time: more are kept within the noise. */
const FASTER = 0.95;
/** Between these parts of the best's time a candidate is close to it, and is measured again. */
const CLOSE = [0.85, 1.15] as const;
/** Beyond this one turn is enough, and still fewer workers need not be tried. */
const HOPELESS = 1.4;

/** Milliseconds a sample of the turns that a number of workers had. */
interface Candidate {
  workers: number;
  turns: number[];
}

export class WorkerProbe {
  readonly #candidates: Candidate[] = [];
  /** Milliseconds of warming up; null before the first segment, in which threads come up and are told of the job. */
  #warm: number | null = null;
  /** The shortest so far, in milliseconds, of the mean steps of a segment. */
  #step = Number.POSITIVE_INFINITY;
  #best: Candidate;
  #candidate: Candidate | null;
  #current: Candidate;
  /** Of the turn under way. */
  #samples = 0;
  #milliseconds = 0;
  #chosen = false;

  /** @param most workers of the pool */
  constructor(most: number) {
    this.#best = this.#try(most);
    this.#candidate = null;
    this.#current = this.#best;
  }

  /** How many workers are to take the next steps. */
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

  /** Takes note of steps that were done. Returns the choice once it is made. */
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

  /** Who has the next turn. */
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
    return turns.length < (close ? MOST_TURNS : LEAST_TURNS);
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
