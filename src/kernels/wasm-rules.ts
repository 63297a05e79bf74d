/** The update rules of the WebAssembly backend: assembly/rules.ts, adaptive.ts and vectors.ts, on the arena in place. */
import type { UpdateRules } from './rules.js';

const NAMES = [
  'collect',
  'sumSquares',
  'dot',
  'combine',
  'sumSquaredSums',
  'sumRowNorms',
  'descend',
  'momentum',
  'adam',
  'adamDirection',
  'rmsprop',
  'adagrad',
  'rprop',
] as const satisfies (keyof UpdateRules)[];

/** The instance's exports of the contract's names. A boolean argument arrives as 0 or 1. */
export function wasmRules(exports: WebAssembly.Exports): UpdateRules {
  return Object.fromEntries(NAMES.map(name => [name, exports[name]])) as unknown as UpdateRules;
}
