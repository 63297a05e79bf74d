/** Batches that change from epoch to epoch, as they are typed: 0:1024,10:4096, an epoch and the rows from it on. */
import type { Kind } from './kinds.js';

const PHASE = /^(\d{1,9}):(\d{1,15}|full)$/;

/** From an epoch on, counted from 0, batches of so many rows. */
export interface TypedPhase {
  epoch: number;
  batchSize: number | 'full';
}

/** The text where it is one or several phases with commas between them, epochs ascending. */
export const batchSchedule: Kind<string> = {
  values: 'EPOCH:N,…',
  expected: 'epochs from 0 that ascend, each with the rows of its steps (or full), as in 0:1024,10:4096',
  takesValue: true,
  read: raw => {
    const phases = parseBatchSchedule(raw);
    return phases?.map(({ epoch, batchSize }) => `${epoch}:${batchSize}`).join();
  },
};

/** The phases of a text, undefined where it is none. */
export function parseBatchSchedule(raw: unknown): TypedPhase[] | undefined {
  if (typeof raw !== 'string') return undefined;
  const phases = raw.split(',').map(part => {
    const [, epoch, rows] = PHASE.exec(part.trim()) ?? [];
    const batchSize: number | 'full' = rows === 'full' ? rows : Number(rows);
    return { epoch: Number(epoch), batchSize };
  });
  const isSound = phases.every(
    ({ epoch, batchSize }, i) =>
      (batchSize === 'full' || batchSize >= 1) && epoch >= 0 && epoch > (phases[i - 1]?.epoch ?? -1),
  );
  return isSound ? phases : undefined;
}
