/**
 * Exact predictions and figures: targets far from 0, in huge or tiny units, several targets, weighted rows, and
 * probabilities of 0 and 1. Plain loops here judge the written predictions and must agree with evaluate and the
 * run's summary.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { Random } from '../../src/random.js';
import { loadModel, saveModel } from '../../src/store/model-file.js';
import { makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const json = async (line: string) => JSON.parse((await run(`${line} --json`)).stdout);
const random = new Random(1, 'probe');
const ROWS = 200;

type Row = Record<string, number | string>;

function writeRows(name: string, rows: readonly Row[]): void {
  const lines = rows.map(row => Object.values(row).join(','));
  writeFileSync(join(folder, name), `${[Object.keys(rows[0]!).join(','), ...lines].join('\n')}\n`);
}

/** Reads the predictions of a run in each format. */
async function readAll(name: string, options = ''): Promise<Record<'csv' | 'json' | 'parquet', Row[]>> {
  for (const format of ['csv', 'json', 'parquet']) {
    const { code, stderr } = await run(`predict ${name} ${name}.csv --out ${name}-out.${format}${options}`);
    expect([code, stderr]).toEqual([0, '']);
  }
  const text = (format: string) => readFileSync(join(folder, `${name}-out.${format}`), 'utf8');
  const [head, ...lines] = text('csv').trim().split('\n');
  const names = head!.split(',');
  const cell = (name: string, value: string) => (name.startsWith('prediction') ? value : Number(value));
  const sql = `SELECT * FROM read_parquet('${join(folder, `${name}-out.parquet`)}')`;
  const read = await withDuckDB(async connection => (await connection.runAndReadAll(sql)).getRowObjects());
  return {
    csv: lines.map(line => {
      const cells = line.split(',');
      return Object.fromEntries(names.map((name, k) => [name, cell(name, cells[k]!)]));
    }),
    json: JSON.parse(text('json')),
    parquet: read as Row[],
  };
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** RMSE, MAE and R² of a target in float64. */
function figuresOf(y: number[], yHat: number[], weights: number[]) {
  const total = sum(weights);
  const mean = y[0]! + sum(y.map((value, i) => weights[i]! * (value - y[0]!))) / total;
  const errors = y.map((value, i) => value - yHat[i]!);
  const squares = sum(errors.map((error, i) => weights[i]! * error ** 2));
  return {
    rmse: Math.sqrt(squares / total),
    mae: sum(errors.map((error, i) => weights[i]! * Math.abs(error))) / total,
    r2: 1 - squares / sum(y.map((value, i) => weights[i]! * (value - mean) ** 2)),
  };
}

/** The predictions of the model's weights, without rounding to float32. */
async function inFloat64(name: string, rows: readonly Row[], k: number): Promise<number[]> {
  const { encoding, weights, network } = await loadModel(join(folder, name, 'model.safetensors'));
  const outputs = network.layers.at(-1)!;
  const { mean, deviation } = encoding.targetScales[k]!;
  return rows.map(row => {
    let z = weights[k]!;
    encoding.columns.forEach((column, j) => {
      if (column.kind !== 'number') throw new Error(`${column.name}: expected a number`);
      z += weights[(j + 1) * outputs + k]! * ((Number(row[column.name]) - column.mean) / column.deviation);
    });
    return mean + deviation * z;
  });
}

/** A table of two inputs and targets that are nearly linear in them. */
function linear(
  make: (a: number, b: number, noise: number) => Row,
  inputs = (a: number, b: number): Row => ({ a, b }),
): Row[] {
  return Array.from({ length: ROWS }, (_, i) => {
    const [a, b] = [random.uniform(3 * i), random.uniform(3 * i + 1)];
    return { ...inputs(a, b), ...make(a, b, random.normal(3 * i + 2)), weight: 0.1 + (i % 13) / 7 };
  });
}

const CASES: [string, Row[], string[], boolean][] = [
  ['seconds', linear((a, b, noise) => ({ y: 1.7e9 + 40 * a + 80 * b + 0.02 * noise })), ['y'], false],
  [
    'seconds-of-seconds',
    linear(
      (a, b, noise) => ({ y: 1.7e9 + 4 * a + 8 * b + 0.01 * noise }),
      (a, b) => ({ a: 1.6e9 + 1000 * a, b: -3e12 + 40 * b }),
    ),
    ['y'],
    true,
  ],
  ['milliseconds', linear((a, b, noise) => ({ y: 1.7e12 - 40 * a + 80 * b + 0.02 * noise })), ['y'], false],
  [
    'coordinates',
    linear((a, b, noise) => ({
      easting: 5e5 + 1e3 * (2 * a - 1) + 0.05 * noise,
      northing: 5.8e6 + 30 * a + 2e3 * b - 0.03 * noise,
    })),
    ['easting', 'northing'],
    true,
  ],
  ['debts', linear((a, b, noise) => ({ y: -9e8 - 3000 * a + 500 * b + 0.5 * noise })), ['y'], true],
  [
    'three-units',
    linear((a, b, noise) => ({
      large: 3e15 + 1e9 * a + 1e6 * noise,
      tiny: 1e-9 * (b - 3 * a) + 1e-12 * noise,
      plain: a - b + 0.1 * noise,
    })),
    ['large', 'tiny', 'plain'],
    false,
  ],
];

describe.each(CASES)('of %s', (name, rows, targets, isWeighed) => {
  const used = isWeighed ? ' --weight-column weight' : '';
  let written: Awaited<ReturnType<typeof readAll>>;
  let summary: Record<string, number>;
  let evaluated: Record<string, number> & { targets: Record<string, number>[] };
  const column = (values: readonly Row[], target: string) => values.map(row => Number(row[target]));

  beforeAll(async () => {
    writeRows(`${name}.csv`, isWeighed ? rows : rows.map(({ weight: _, ...row }) => row));
    const line = `train ${name}.csv --target ${targets} --task regression --hidden  --optimizer lbfgs --batch-size full`;
    const { validation } = await json(
      `${line} --epochs 30 --validation ${name}.csv --metrics mae,r2 --out ${name}${used}`,
    );
    [summary, evaluated] = [validation, await json(`evaluate ${name} ${name}.csv${used}`)];
    written = await readAll(name);
  });

  it('CSV, JSON and Parquet hold the same float64', () => {
    expect(written.json).toEqual(written.csv);
    expect(written.parquet).toEqual(written.csv);
    expect(new Set(column(written.csv, targets[0]!)).size).toBe(ROWS);
  });

  it('predictions are those of the weights in float64', async () => {
    const ones = rows.map(() => 1);
    for (const [k, target] of targets.entries()) {
      const y = column(rows, target);
      const { rmse } = figuresOf(y, await inFloat64(name, rows, k), ones);
      expect(figuresOf(y, column(written.csv, target), ones).rmse / rmse).toBeCloseTo(1, 2);
    }
  });

  it('the figures of evaluate and the summary are those of the written predictions', async () => {
    const weights = rows.map(({ weight }) => (isWeighed ? Number(weight) : 1));
    const each = targets.map(target => figuresOf(column(rows, target), column(written.csv, target), weights));
    for (const [k, figures] of each.entries()) {
      for (const [figure, value] of Object.entries(figures)) {
        expect(evaluated.targets[k]![figure]! / value).toBeCloseTo(1, 10);
      }
    }
    const { encoding } = await loadModel(join(folder, name, 'model.safetensors'));
    const units = encoding.targetScales.map(({ deviation }) => (targets.length > 1 ? deviation : 1));
    const mean = (figure: (one: (typeof each)[0], unit: number) => number) =>
      sum(each.map((one, k) => figure(one, units[k]!))) / each.length;
    const overall = {
      rmse: Math.sqrt(mean(({ rmse }, unit) => (rmse / unit) ** 2)),
      mae: mean(({ mae }, unit) => mae / unit),
      r2: mean(({ r2 }) => r2),
    };
    for (const [figure, value] of Object.entries(overall)) {
      for (const said of [evaluated, summary]) expect(said[figure]! / value).toBeCloseTo(1, 10);
    }
  });

  it('the first line and the table agree, or the units of the line are given', async () => {
    const { stdout } = await run(`evaluate ${name} ${name}.csv${used}`);
    const [, rmse, mae, r2] = /rmse (\S+), mae (\S+), r2 (\S+)\n/.exec(stdout)!;
    const note = 'Above the table, rmse and mae are in standard deviations of each target.';
    expect(stdout.includes(note)).toBe(targets.length > 1);
    if (targets.length > 1) return;
    expect(stdout.trim().split('\n').at(-1)!.split(/ +/)).toEqual(['y', rmse, mae, r2]);
  });
});

describe.each([
  ['two', ['no', 'yes']],
  ['three', ['ant', 'bee', 'cat']],
] as const)('probabilities of 0 and 1, of %s classes', (name, classes) => {
  let written: Awaited<ReturnType<typeof readAll>>;
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const [a, b] = [random.normal(2 * i), random.normal(2 * i + 1)];
    const kind = Math.min(classes.length - 1, Math.max(0, Math.round(a + 0.3 * b + 0.5 * random.normal(i))));
    return { a, b, y: classes[kind]!, weight: 0.1 + (i % 13) / 7 };
  });

  beforeAll(async () => {
    writeRows(`${name}.csv`, rows);
    const line = `train ${name}.csv --target y --features a,b --hidden  --epochs 3 --out ${name}`;
    expect((await run(line)).code).toBe(0);
    // A model as sure as it can be: float32 would round most probabilities to 0 or 1.
    const path = join(folder, name, 'model.safetensors');
    const model = await loadModel(path);
    await saveModel(path, { ...model, weights: model.weights.map(weight => 100 * weight) });
    written = await readAll(name);
  });

  it('are the same in every format, and add up to 1', () => {
    expect(written.json).toEqual(written.csv);
    expect(written.parquet).toEqual(written.csv);
    const all = written.csv.flatMap(({ prediction: _, ...row }) => Object.values(row).map(Number));
    expect(all.filter(p => p === 0 || p === 1).length).toBeGreaterThan(20);
    for (const { prediction: _, ...row } of written.csv) {
      expect(Math.abs(sum(Object.values(row).map(Number)) - 1)).toBeLessThanOrEqual(2 * Number.EPSILON);
    }
  });

  it.each(['', ' --weight-column weight'])(
    'give the accuracy and log-loss of the written predictions%s',
    async used => {
      const evaluated = await json(`evaluate ${name} ${name}.csv${used}`);
      const weights = rows.map(({ weight }) => (used ? weight : 1));
      const isRight = rows.map(({ y }, i) => Number(written.csv[i]!.prediction === y));
      const clip = (p: number) => Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);
      const losses = rows.map(({ y }, i) => -Math.log(clip(Number(written.csv[i]![`probability_${y}`]))));
      const mean = (values: number[]) => sum(values.map((value, i) => weights[i]! * value)) / sum(weights);
      expect(evaluated.accuracy).toBeCloseTo(mean(isRight), 12);
      expect(evaluated['log-loss'] / mean(losses)).toBeCloseTo(1, 10);
    },
  );
});

it('outputs of a layer are the same float32 values in every format', async () => {
  writeRows(
    'layer.csv',
    CASES[0]![1].map(({ weight: _, ...row }) => row),
  );
  expect((await run('train layer.csv --target y --hidden 3 --epochs 1 --out layer')).code).toBe(0);
  const { csv, json, parquet } = await readAll('layer', ' --layer 1');
  expect(json).toEqual(csv);
  expect(parquet).toEqual(csv);
  const values = csv.flatMap(row => Object.values(row).map(Number));
  expect(values).toEqual(values.map(Math.fround));
  expect(new Set(values).size).toBeGreaterThan(ROWS);
});
