/**
 * What each worker did last, for the report of a hang: a ring of operations in the arena. Only its worker writes it, with plain
 * stores that nothing orders, and the coordinator reads it without waiting: an entry may be missing or one too old, which does
 * no harm.
 */
import { readlinkSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { type Plan, TRAIL_WORDS, viewOf } from '../model/plan.js';

/** What a worker notes: operations of a pass (src/model/operations.ts), and what is between passes. Order is free. */
const NOTED = [
  ...['task begun', 'task done', 'meeting', 'lap'],
  ...['clear', 'gather', 'distort', 'noise', 'drop', 'layer', 'loss', 'predict', 'gradient', 'fold', 'delta'],
  ...[
    'row norms',
    'note row norms',
    'join',
    'exchange',
    'spread',
    'squares',
    'sum',
    'norms',
    'direct',
    'apply',
  ],
  ...['barrier', 'pulse'],
] as const;
export type Noted = (typeof NOTED)[number];

/** Words of a worker: its thread for the system and for Node.js, how much it has noted, its step, then the ring. */
const SYSTEM_THREAD = 0;
const NODE_THREAD = 1;
const COUNT = 2;
const STEP = 3;
const RING = 4;
const RING_WORDS = 16;
/** The lower bits of an entry say what it was, the others its layer. */
const KIND_BITS = 6;

/** The entry of the ring for something noted. @param number of the layer */
export function trailCode(noted: Noted, number = 0): number {
  return (number << KIND_BITS) | NOTED.indexOf(noted);
}

export const TASK_DONE = trailCode('task done');
export const MEETING = trailCode('meeting');
const TASK_BEGUN = trailCode('task begun');

/** Notes what one worker does. Runs in its thread. */
export class Trail {
  readonly #words: Int32Array;
  #count = 0;

  constructor(plan: Plan, memory: WebAssembly.Memory, worker: number) {
    const words = viewOf(plan, memory, 'trail', 'i32');
    this.#words = words.subarray(worker * TRAIL_WORDS, (worker + 1) * TRAIL_WORDS);
  }

  /** Begins a task. Another thread may have had this worker's number until now. */
  begin(): void {
    this.#count = this.#words[COUNT]!;
    this.#words[SYSTEM_THREAD] = ownThread ??= systemThread();
    this.#words[NODE_THREAD] = threadId;
    this.note(TASK_BEGUN);
  }

  /** Begins a step, counted from 1. */
  beginStep(step: number): void {
    this.#words[STEP] = step;
  }

  note(code: number): void {
    this.#words[RING + (this.#count & (RING_WORDS - 1))] = code;
    this.#words[COUNT] = ++this.#count;
  }
}

let ownThread: number | null = null;

/** The last operations of a worker, oldest first. */
export interface LastDone {
  /** 0 if the system does not tell. */
  systemThread: number;
  /** 0 if the worker has not begun. */
  nodeThread: number;
  /** The step that it began last; 0 if none. */
  step: number;
  operations: string[];
}

/** What each worker did last. Runs on the coordinator, while the workers write. */
export function readTrails(plan: Plan, memory: WebAssembly.Memory): LastDone[] {
  const all = viewOf(plan, memory, 'trail', 'i32');
  return Array.from({ length: all.length / TRAIL_WORDS }, (_, worker) => {
    const words = all.slice(worker * TRAIL_WORDS, (worker + 1) * TRAIL_WORDS);
    const count = words[COUNT]!;
    const length = Math.min(count, RING_WORDS);
    const entries = Array.from(
      { length },
      (_, i) => words[RING + ((count - length + i) & (RING_WORDS - 1))]!,
    );
    return {
      systemThread: words[SYSTEM_THREAD]!,
      nodeThread: words[NODE_THREAD]!,
      step: words[STEP]!,
      operations: entries.map(describeEntry),
    };
  });
}

function describeEntry(entry: number): string {
  const name = NOTED[entry & ((1 << KIND_BITS) - 1)] ?? '?';
  const number = entry >>> KIND_BITS;
  return number === 0 ? name : `${name} ${number}`;
}

/** Number of this thread in /proc; 0 where there is none. */
function systemThread(): number {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return 0;
  }
}
