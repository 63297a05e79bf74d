/** docs/study.schema.json against studies that were measured or computed, and study.json's checksum. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { assembleScaling } from '../../../src/lab/scale/assemble.js';
import { isAsWritten, withChecksum } from '../../../src/lab/scale/checksum.js';
import type { StudyOptions } from '../../../src/lab/scale/configure.js';
import type { Study } from '../../../src/lab/scale/schema.js';
import { study } from '../../../src/lab/scale/study.js';
import { batchStudy, scalingStudy } from '../../report/scale/studies.js';
import { configure, simulateSamples } from './simulate.js';

const { Ajv } = createRequire(import.meta.url)('ajv');
const schema = JSON.parse(
  readFileSync(new URL('../../../../docs/study.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

function problemsOf(value: unknown): string[] {
  validate(JSON.parse(JSON.stringify(value)));
  const errors: { instancePath: string; message: string }[] = validate.errors ?? [];
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** A study over ranks, with what only those have. */
function rankStudy(): Study {
  const configuration = configure({ ranks: [1, 2], workers: [2], shards: 8, launcher: 'mpirun -np {ranks}' });
  const samples = simulateSamples(configuration, 4, ({ ranks }) => {
    return { gather: 0, forward: 1, backward: 1, update: 1, waiting: 1, exchange: ranks === 1 ? 0 : 1 };
  });
  const retaken = [{ startedAt: samples[0]!.startedAt, samplesPerSecond: 1, load: samples[0]!.load }];
  const [first, ...others] = samples;
  const all = [{ ...first!, retaken }, ...others];
  return { ...scalingStudy(), configuration, samples: all, ...assembleScaling(configuration, 4, all, []) };
}

describe('the schema of study.json', () => {
  it('describes a study as it was measured', async () => {
    let measured: Study | null = null;
    const options: StudyOptions = {
      ...{ mode: 'strong', networks: [[4, 3]], batchSizes: [8], workers: [1], backends: ['wasm'] },
      ...{ repeats: 1, retakes: 0, seconds: 0.01, rows: 50 },
    };
    for await (const report of study(options)) if (report.type === 'end') measured = report.result;
    expect(problemsOf(measured)).toEqual([]);
    expect(isAsWritten(JSON.parse(JSON.stringify(measured)))).toBe(true);
  });

  it.each<[string, () => Study]>([
    ['strong', () => scalingStudy({ project: [2, 64] })],
    ['weak', () => scalingStudy({ mode: 'weak', workers: [1] })],
    ['batch', batchStudy],
    ['rank', rankStudy],
  ])('describes a %s study', (_, make) => {
    expect(problemsOf(make())).toEqual([]);
  });

  it.each<[string, (study: ReturnType<typeof scalingStudy>) => void]>([
    ['a missing figure', one => delete (one.points[0] as { clock?: unknown }).clock],
    ['a figure of another name', one => Object.assign(one.curves[0]!, { slope: 1 })],
    ['a text in place of a number', one => Object.assign(one.machine, { cores: '16' })],
    ['another version', one => Object.assign(one, { version: 2 })],
    ['an unknown backend', one => Object.assign(one.roofs[0]!, { backend: 'cuda' })],
  ])('refuses %s', (_, spoil) => {
    const spoilt = scalingStudy();
    spoil(spoilt);
    expect(problemsOf(spoilt)).not.toEqual([]);
  });
});

it('tells a study that was changed from one as it was written', () => {
  const { sha256: _, ...unsigned } = scalingStudy();
  const signed = withChecksum(unsigned);
  expect(Object.keys(signed)[0]).toBe('sha256');
  expect(isAsWritten(signed)).toBe(true);
  const changed = structuredClone(signed) as ReturnType<typeof scalingStudy>;
  changed.curves[0]!.scaling[0]!.efficiency.value += 1e-9;
  expect(isAsWritten(changed)).toBe(false);
});
