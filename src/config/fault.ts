/** A worker to lose on purpose: [RANK.]WORKER:STEP:PHASE:KIND[:TIMES]. */
import type { Kind } from './kinds.js';

const FORM =
  /^(?:(\d{1,4})\.)?(\d{1,4}):(\d{1,15}):(gradient|update|validation):(throw|exit|hang|spin|block)(?::([1-9]))?$/;

export interface Fault {
  rank?: number;
  worker: number;
  step: number;
  phase: 'gradient' | 'update' | 'validation';
  kind: 'throw' | 'exit' | 'hang' | 'spin' | 'block';
  times: number;
}

/** 1:20:update:exit: worker 1 ends its thread in the update of step 20, once; 2.1:20:update:exit: that of rank 2. */
export const fault: Kind<Fault> = {
  values: '[RANK.]WORKER:STEP:PHASE:KIND[:TIMES]',
  expected:
    'a fault like 1:20:update:exit, with gradient, update or validation, and throw, exit, hang, spin or block',
  takesValue: true,
  read: raw => {
    const [, rank, worker, step, phase, kind, times = '1'] =
      (typeof raw === 'string' && FORM.exec(raw)) || [];
    if (phase === undefined) return undefined;
    const fault = { worker: Number(worker), step: Number(step), phase, kind, times: Number(times) } as Fault;
    return rank === undefined ? fault : { rank: Number(rank), ...fault };
  },
  write: ({ rank, worker, step, phase, kind, times }) =>
    [...(rank === undefined ? [] : [`${rank}.`]), worker, ':', [step, phase, kind, times].join(':')].join(''),
};
