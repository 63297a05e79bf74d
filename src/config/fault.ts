/** A worker to lose on purpose: WORKER:STEP:PHASE:KIND[:TIMES]. */
import type { Kind } from './kinds.js';

const FORM = /^(\d{1,4}):(\d{1,15}):(gradient|update|validation):(throw|exit|hang|block)(?::([1-9]))?$/;

export interface TypedFault {
  worker: number;
  step: number;
  phase: 'gradient' | 'update' | 'validation';
  kind: 'throw' | 'exit' | 'hang' | 'block';
  times: number;
}

/** 1:20:update:exit → worker 1, in the update of step 20, ends its thread, once; undefined where it is none. */
export function parseFault(written: string): TypedFault | undefined {
  const [, worker, step, phase, kind, times = '1'] = FORM.exec(written) ?? [];
  if (phase === undefined) return undefined;
  return { worker: Number(worker), step: Number(step), phase, kind, times: Number(times) } as TypedFault;
}

/** Kept as it was typed. */
export const fault: Kind<string> = {
  values: 'WORKER:STEP:PHASE:KIND[:TIMES]',
  expected:
    'a fault like 1:20:update:exit, with gradient, update or validation, and throw, exit, hang or block',
  takesValue: true,
  read: raw => (typeof raw === 'string' && parseFault(raw) !== undefined ? raw : undefined),
};
