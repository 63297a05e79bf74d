/** Which tables get the values of a preset, and which values the user's own options replace. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applyPreset } from '../../../src/commands/settings/preset.js';
import { loadTables } from '../../../src/commands/settings/tables.js';
import { checkBeforeReading } from '../../../src/commands/settings/train-options.js';
import { readSettings } from '../../../src/config/settings.js';
import { predictionsOf } from '../../../src/judge/predictions.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-preset-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writeTable(rows: number): string {
  const path = join(folder, `${rows}.csv`);
  const lines = Array.from({ length: rows }, (_, i) => `${i % 7},${((i * 13) % 29) / 4},${(i * 5) % 11}`);
  writeFileSync(path, `a,b,y\n${lines.join('\n')}\n`);
  return path;
}

async function settle(source: string, options: Record<string, unknown> = {}) {
  const given = {
    ...(source.startsWith('synthetic:') ? {} : { target: 'y' }),
    task: 'regression',
    ...options,
  };
  const { settings, chosen: typed } = await readSettings('train', given);
  const tables = await loadTables(source, settings, typed);
  return { ...tables, settings: applyPreset(settings, typed, tables) };
}

describe('a table of 250 rows', () => {
  const path = writeTable(250);

  it('is trained by the recipe, with a fifth of its rows for validation', async () => {
    const { train, validation, settings } = await settle(path);
    expect([train.rows, validation?.rows]).toEqual([200, 50]);
    expect(settings).toMatchObject({
      ...{ preset: 'none', scale: 'robust', numberBins: 8, clipPredictions: true, hidden: [256, 256, 256] },
      ...{ activation: ['mish'], lr: 0.07, lrSchedule: 'coslog4', beta2: 0.95, biasLr: 0.1, fanInLr: true },
      ...{ batchSize: 200, dropLast: true, epochs: 256, initScheme: 'ntp', zeroOutput: true },
    });
    expect(train.encoding.columns).toMatchObject([
      { clip: 3, edges: expect.any(Array) },
      { clip: 3, edges: expect.any(Array) },
    ]);
  });

  it('has no bins of numbers if it has classes', async () => {
    const { train, settings } = await settle(path, { task: 'multiclass' });
    expect(settings).toMatchObject({ scale: 'robust', numberBins: 0, activation: ['selu'] });
    expect(train.features).toBe(2);
  });

  it.each([
    ['multiclass', 0.03],
    ['binary', 0],
    ['regression', 0],
  ])('of the task %s smooths its targets by %d', async (task, labelSmoothing) => {
    const table = join(folder, `${task}.csv`);
    const values = task === 'binary' ? 2 : 4;
    const rows = Array.from({ length: 250 }, (_, i) => `${(i * 37) % 101},${i % values}`);
    writeFileSync(table, `a,y\n${rows.join('\n')}\n`);
    expect((await settle(table, { task })).settings).toMatchObject({ labelSmoothing });
  });

  it('has the values that the user gives, and those that go with them', async () => {
    const own = await settle(path, { epochs: 7, scale: 'standard', hidden: '5', validation: 0 });
    expect(own.validation).toBe(null);
    expect(own.settings).toMatchObject({ epochs: 7, scale: 'standard', hidden: [5], lr: 0.07 });
    expect(own.train.encoding.columns[0]).not.toHaveProperty('clip');
  });

  it('has the values of a config file too', async () => {
    const config = join(folder, 'chosen.json');
    writeFileSync(config, JSON.stringify({ epochs: 9, hidden: [6], scale: 'standard' }));
    const { settings, train } = await settle(path, { config });
    expect(settings).toMatchObject({ epochs: 9, hidden: [6], scale: 'standard', lr: 0.07 });
    expect(train.encoding.columns[0]).not.toHaveProperty('clip');
    writeFileSync(config, JSON.stringify({ lr: 0.001 }));
    expect((await settle(path, { config })).settings).toMatchObject({ lr: 0.001, hidden: [128], epochs: 30 });
  });

  it.each([{ lr: 0.01 }, { optimizer: 'sgd' }, { 'lr-schedule': 'cosine' }, { preset: 'none' }])(
    'is trained without the recipe by %j',
    async options => {
      const { settings, train } = await settle(path, options);
      expect(settings).toMatchObject({ preset: 'none', scale: 'standard', hidden: [128], epochs: 30 });
      expect(train.encoding).not.toHaveProperty('targetRanges');
    },
  );

  it('has predictions within the range of its training targets', async () => {
    const { train } = await settle(path);
    const far = predictionsOf(Float32Array.of(-1e30, 0, 1e30), train);
    expect([far[0], far[2]]).toEqual([0, 10]);
    expect(far[1]).toBeGreaterThan(0);
  });
});

it('leaves smaller tables, synthetic rows and autoencoders as they are', async () => {
  const small = await settle(writeTable(249));
  expect([small.validation, small.settings.preset, small.settings.hidden]).toEqual([null, 'auto', [128]]);
  const synthetic = await settle('synthetic:300x4x1');
  expect(synthetic.settings.hidden).toEqual([128]);
  const asked = await settle(writeTable(40), { preset: 'tabular' });
  expect(asked.settings).toMatchObject({ hidden: [256, 256, 256], batchSize: 40 });
});

it('refuses a preset of tables for other data', async () => {
  const other = settle('synthetic:300x4x1', { preset: 'tabular' });
  await expect(other).rejects.toMatchObject({ code: 'usage' });
});

describe('what is checked before the data is read', () => {
  const check = async (options: Record<string, unknown>) => {
    const { settings, chosen } = await readSettings('train', { target: 'y', ...options });
    checkBeforeReading(settings, chosen);
  };
  const ofThreeLayers = [{ dropout: '0.3,0.2,0.1' }, { activation: 'selu,mish,relu' }];

  it.each([
    ...ofThreeLayers,
    ...ofThreeLayers.map(options => ({ ...options, preset: 'tabular' })),
    { preset: 'tabular', hidden: '', beta2: 0.9 },
  ])('leaves the layers of a preset open: %j', async options => {
    await expect(check(options)).resolves.toBeUndefined();
  });

  it.each([
    ...ofThreeLayers.map(options => ({ ...options, preset: 'none' })),
    ...ofThreeLayers.map(options => ({ ...options, lr: 0.01 })),
    ...ofThreeLayers.map(options => ({ ...options, preset: 'tabular', hidden: '64,32' })),
    { preset: 'tabular', momentum: 0.9 },
    { 'warmup-steps': 3, 'warmup-epochs': 1 },
  ])('includes what no preset changes: %j', async options => {
    await expect(check(options)).rejects.toMatchObject({ code: 'usage' });
  });
});
