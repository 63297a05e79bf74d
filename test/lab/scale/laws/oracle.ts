/** The file written by scripts/oracles/laws_oracle.py with SciPy. */
import { readFileSync } from 'node:fs';

interface Points {
  workers: number[];
  values: number[];
}

export interface LawsOracle {
  usl: (Points & {
    name: string;
    /** γ, α, β */
    parameters: number[];
    /** null for a parameter at its bound. */
    standardErrors: (number | null)[];
    residualStandardError: number;
    rSquared: number;
    peak: number | null;
  })[];
  slopes: (Points & {
    law: 'amdahl' | 'gustafson';
    serialFraction: number;
    standardError: number;
    low: number;
    high: number;
  })[];
  student: { degreesOfFreedom: number; confidence: number; t: number }[];
  orderCoverage: { count: number; rank: number; coverage: number }[];
}

// From dist/test/lab/scale/laws to the sources, where fixtures are.
const file = new URL('../../../../../test/fixtures/laws.json', import.meta.url);
export const LAWS = JSON.parse(readFileSync(file, 'utf8')) as LawsOracle;

/** The oracle's observations in the form that laws expect. */
export function observationsOf({ workers, values }: Points) {
  return workers.map((count, i) => ({ workers: count, value: values[i]! }));
}
