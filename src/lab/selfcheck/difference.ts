/**
 * Where a kernel that has other bits than it should differs first. Hashes don't tell; but another backend of this machine
 * that has the right bits does, and otherwise the reference, as far as its double precision allows.
 */

import { arithmeticOf } from '../../kernels/arithmetic.js';
import { type Backend, chooseBackend } from '../../kernels/choose.js';
import { machineOf } from '../../kernels/native/machines.js';
import { KERNEL_CHECKS } from './kernel-checks.js';
import { hashWritten, Sheet, type Written } from './sheet.js';

/** The first element that differs. */
export interface KernelDifference {
  /** The kernel's shape, and where more than one tensor is written, which. */
  tensor: string;
  row: number;
  column: number;
  /** The lane of the vector that the column lies in, if vectors begin at each row, and how many it has. */
  lane: { index: number; of: number };
  expected: number;
  got: number;
  /** Which backend has the expected number. */
  by: string;
}

/** More than all roundings of a kernel in float32 come to, as a part of the number or of 1. */
const FAR = 1e-3;

/** @param right the hash that is expected; null if there is none */
export function findDifference(
  name: string,
  backend: Backend,
  right: string | null,
): KernelDifference | null {
  const check = KERNEL_CHECKS[name]!;
  const got = new Sheet(backend).run(check);
  for (const other of others(backend)) {
    const expected = new Sheet(other).run(check);
    const isRight = hashWritten(expected) === right;
    if (!isRight && other.name !== 'reference') continue;
    const differs = isRight ? (a: number, b: number) => !Object.is(a, b) : isFar;
    return firstDifference(got, expected, differs, { backend, by: other.description });
  }
  return null;
}

/** Whom to ask, in this order. */
function others(backend: Backend): Backend[] {
  const fast = chooseBackend(backend.name === 'native' ? 'wasm' : 'auto', null);
  const isOther = fast.name !== backend.name && arithmeticOf(fast) !== null;
  return [...(isOther ? [fast] : []), chooseBackend('reference', null)];
}

const isFar = (a: number, b: number) => !(Math.abs(a - b) <= FAR * Math.max(1, Math.abs(a), Math.abs(b)));

function firstDifference(
  got: readonly Written[],
  expected: readonly Written[],
  differs: (a: number, b: number) => boolean,
  { backend, by }: { backend: Backend; by: string },
): KernelDifference | null {
  for (const [i, { label, columns, values }] of got.entries()) {
    const right = expected[i]!.values;
    const at = values.findIndex((value, place) => differs(right[place]!, value));
    if (at < 0) continue;
    const column = at % columns;
    const of = lanesOf(backend);
    return {
      ...{ tensor: label, row: Math.floor(at / columns), column },
      ...{ lane: { index: column % of, of }, expected: right[at]!, got: values[at]!, by },
    };
  }
  return null;
}

/** Floats of a vector. */
function lanesOf(backend: Backend): number {
  return backend.name === 'native' ? machineOf(backend.instructionSet).lanes : 4;
}
