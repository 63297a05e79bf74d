/** The arena of each rank in a scenario: its entries as regions, and where messages find their cells. */
import { EXCHANGED_PER_SHARD, EXCHANGED_WORDS } from '../../../../src/model/plan.js';
import { countWorkers } from '../../../../src/model/team.js';
import type { Fault } from '../../../../src/protocol/fault.js';
import type { Region } from '../memory.js';
import type { CellsAt } from '../messages.js';
import type { Any } from '../runtime.js';
import { COLUMNS } from './step.js';

/** What ranks exchange: whole gradients, slices of them, or, if each walks the whole batch, only whether to stop. */
type Form = 'whole' | 'slices' | 'block';

export interface RanksFacts {
  /** Workers of each rank. */
  team: readonly number[];
  steps: number;
  form: Form;
  fault: (Pick<Fault, 'worker' | 'step' | 'phase'> & { rank: number; kind: 'throw' }) | null;
  /** Whether somebody asks rank 0 to stop, at any time. */
  asks: boolean;
  /** Whether a worker of rank 0 is killed, at any time. */
  kills: number;
}

/** All entries have cells of float64. */
export const CELL_BYTES = 8;
/** Words of the control region. */
export const WORDS = 9 * 16;

/** Entries of the plan. */
export type Name = 'w' | 'gw0/1' | 'metrics' | 'exchange' | 'change' | 'step/loss' | 'step/right';
/** What the threads of a rank share. */
export type Shared = Record<Name | 'control', Region> & { rank: number };

/** Lengths of the entries: a slab has a cell for each worker of each rank. */
export function lengthsOf({ team, steps }: RanksFacts): Record<Name, number> {
  const all = countWorkers({ workers: team });
  return {
    w: all,
    'gw0/1': all * all,
    metrics: all * COLUMNS,
    exchange: team.length * exchangedOf(all),
    change: all,
    'step/loss': steps,
    'step/right': steps,
  };
}

/** Numbers of a message of sums. */
export function exchangedOf(shards: number): number {
  return EXCHANGED_WORDS + EXCHANGED_PER_SHARD * shards;
}

/** Byte offset of each entry in the arena. */
export function offsetsOf(lengths: Record<Name, number>): Record<string, number> {
  let at = 0;
  return Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => {
      const offset = at;
      at += length * CELL_BYTES;
      return [name, offset];
    }),
  );
}

/** Finds the cells at places in bytes. */
export function cellsOf({ offsets, lengths }: Any, memory: Shared): CellsAt {
  return (offset, bytes) =>
    Array.from({ length: bytes / CELL_BYTES }, (_, i) => {
      const at = offset + i * CELL_BYTES;
      const name = (Object.keys(lengths) as Name[]).findLast(one => offsets[one] <= at)!;
      return [memory[name], (at - offsets[name]) / CELL_BYTES];
    });
}
