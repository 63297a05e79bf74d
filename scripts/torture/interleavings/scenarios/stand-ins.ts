/** What stands in for the modules that a worker's thread imports and no scenario transforms. */
import { Registers } from '../../../../src/model/operations.js';
import { sumByTree } from '../../../../src/model/tree.js';
import type { Any } from '../runtime.js';

const nothing = () => undefined;

/** A part of the arena is a region by its name. */
export const viewOf = (_: unknown, memory: Any, name: string) => memory[name];

export const WORKER_STAND_INS: Readonly<Record<string, Record<string, unknown>>> = {
  'src/model/operations.ts': { Registers },
  'src/model/tree.ts': { sumByTree },
  'src/model/walk.ts': { countParts: nothing },
  'src/protocol/trail.ts': { MEETING: 0, TASK_DONE: 0 },
  'workers/evaluate.ts': { evaluateRows: nothing },
  'workers/first.ts': { computeFirst: nothing },
  'workers/lbfgs.ts': { stepByLbfgs: nothing },
  'workers/measure.ts': { measureForAWhile: nothing },
  'node:crypto': { pbkdf2Sync: nothing },
};
