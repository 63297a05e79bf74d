/** Batch sizes that change between epochs. */
import type { BatchPhase } from '../model/batches.js';
import type { Kind } from './kinds.js';

const PHASE = /^(\d{1,9}):(\d{1,15}|full)$/;

/** Phases separated by commas, in ascending order: 0:1024,10:4096. */
export const batchSchedule: Kind<BatchPhase[]> = {
  values: 'EPOCH:N,…',
  expected:
    'epochs from 0 in ascending order, each with the rows of its steps (or full), as in 0:1024,10:4096',
  takesValue: true,
  read: raw => {
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
  },
  write: phases => phases.map(({ epoch, batchSize }) => `${epoch}:${batchSize}`).join(),
};
