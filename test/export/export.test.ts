/** lockstep export: every format, run on the rows of many tables and compared with the predictions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers, ownAnswers } from '../../src/export/answers.js';
import { onnxBytes } from '../../src/export/onnx/onnx.js';
import { runOnnx } from '../../src/export/onnx/run.js';
import { programOf } from '../../src/export/program.js';
import { rowsOfData } from '../../src/export/rows.js';
import { loadModel } from '../../src/store/model-file.js';
import { makeFolder, runInside } from '../cli/lockstep.js';
import { decode } from './onnx/decode.js';
import { INTERPRETER, runModel } from './onnx/interpreter.js';
import { TABLES, writeExportTable } from './tables.js';

const folder = makeFolder();

/** Float32 in another order of additions, over values of a few standard deviations. */
const ROUNDING = 5e-6;
/** Of targets that are transformed: away from the middle, a step of t is many of v. */
const OF_TRANSFORMED = 5e-5;

describe.each(TABLES.map((table, i) => [table.name, table, i] as const))('of %s', (_, table, i) => {
  const { data, rows } = writeExportTable(folder, table, i);
  const model = join(folder, `run-${i}`);
  const reading = table.reading ?? [];

  beforeAll(async () => {
    const line = [
      'train',
      data,
      ...table.options,
      '--out',
      model,
      '--epochs',
      '5',
      '--workers',
      '1',
      '--quiet',
    ];
    const { code, stderr } = await runInside(line);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each(['json', 'html', 'code'])('%s predicts the same, on rows of data and on made ones', async to => {
    for (const words of [[rows, ...reading], []]) {
      const out = join(folder, `${i}.${to}`);
      const line = [
        'export',
        model,
        ...words,
        '--to',
        to,
        '--out',
        out,
        '--force',
        '--json',
        '--workers',
        '1',
      ];
      const { code, stdout, stderr } = await runInside(line);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { compared } = JSON.parse(stdout);
      expect(compared.rows).toBeGreaterThan(100);
      expect(compared.wrongLabels).toBe(0);
      expect(compared.largest).toBeLessThan(
        table.options.includes('--target-transform') ? OF_TRANSFORMED : ROUNDING,
      );
    }
  });

  it.each(table.areNumbers ? (['columns', 'matrix'] as const) : (['columns'] as const))(
    'ONNX with its input by %s predicts the same',
    async form => {
      const opened = await loadModel(join(model, 'model.safetensors'));
      const program = programOf(opened);
      if (table.onnxLacks) {
        expect(() => onnxBytes(program, form, 'lockstep test')).toThrow(table.onnxLacks);
        return;
      }
      const decimal = opened.encoding.reading!.decimal;
      const options = { decimal, unseen: reading.length > 0 ? ('ignore' as const) : ('error' as const) };
      const compared = await rowsOfData(opened, program, rows, options, { workers: 1 });
      const bytes = onnxBytes(program, form, 'lockstep test');
      expect(unusedValues(bytes)).toEqual([]);
      const found = await runOnnx(INTERPRETER, bytes, program, compared.rows, form);
      const { largest, wrongLabels } = compareAnswers(program, compared.own, found);
      expect(wrongLabels).toBe(0);
      expect(largest).toBeLessThan(table.options.includes('--target-transform') ? OF_TRANSFORMED : ROUNDING);
    },
  );
});

/** Results of nodes and initializers that no node and no output uses. */
function unusedValues(bytes: Uint8Array): string[] {
  const { nodes, initializers, outputs } = decode(bytes);
  const used = new Set([...outputs, ...nodes.flatMap(({ inputs }) => inputs)]);
  const made = [...initializers.keys(), ...nodes.flatMap(node => node.outputs)];
  return made.filter(name => !used.has(name));
}

describe('refusals', () => {
  const table = TABLES[5]!;
  const { data } = writeExportTable(folder, table, 20);
  const model = join(folder, 'refused');

  beforeAll(async () => {
    await runInside(['train', data, ...table.options, '--out', model, '--epochs', '1', '--quiet']);
  });

  it('asks for a format if neither option names one', async () => {
    const { code, stderr } = await runInside(['export', model]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/expected a format.*\nTry --to onnx\./)]);
  });

  it('takes the format from the extension', async () => {
    const { code } = await runInside(['export', model, '--out', join(folder, 'x.mjs')]);
    expect(code).toBe(0);
    const { predict } = await import(join(folder, 'x.mjs'));
    expect(Object.keys(predict({ a: 1, b: 2, c: 3 }).probabilities)).toEqual(['neg', 'pos']);
  });

  it('does not replace a file without --force, nor the model with it', async () => {
    const path = join(folder, 'mine.json');
    writeFileSync(path, '{}');
    expect((await runInside(['export', model, '--out', path])).code).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('{}');
    const file = join(model, 'model.safetensors');
    expect((await runInside(['export', model, '--to', 'json', '--out', file, '--force'])).code).toBe(2);
  });

  it('names the texts that a matrix can not hold', async () => {
    const texts = join(folder, 'texts');
    const made = writeExportTable(folder, TABLES[7]!, 21);
    await runInside(['train', made.data, ...TABLES[7]!.options, '--out', texts, '--epochs', '1', '--quiet']);
    const { code, stderr } = await runInside(['export', texts, '--to', 'onnx', '--onnx-input', 'matrix']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('expected columns of numbers, got texts in c'),
    ]);
  });

  it('refuses a model with a part that no format knows', async () => {
    const opened = await loadModel(join(model, 'model.safetensors'));
    const network = { ...opened.network, gates: [1] };
    expect(() => programOf({ ...opened, network })).toThrow('the network has "gates"');
    const [first, ...others] = opened.encoding.columns;
    const columns = [{ ...first!, bend: 3 }, ...others];
    expect(() => programOf({ ...opened, encoding: { ...opened.encoding, columns } })).toThrow(
      'column "a" has "bend"',
    );
  });

  it('finds a column whose name has blanks around it in the data', async () => {
    const spaced = join(folder, 'spaced.tsv');
    writeFileSync(spaced, readFileSync(data, 'utf8').replace('"a"', '" a "'));
    const out = join(folder, 'spaced.json');
    expect(await runInside(['export', model, spaced, '--out', out])).toMatchObject({ code: 0, stderr: '' });
  });

  it('takes a number that was declared missing for missing in a graph', async () => {
    const path = join(folder, 'marks.csv');
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 6 === 0 ? -999 : i},${i % 5},${i}`);
    writeFileSync(path, ['a,b,y', ...rows, ''].join('\n'));
    const run = join(folder, 'marks');
    const words = ['--target', 'y', '--na-values', '-999', '--missing', 'mean', '--epochs', '1', '--quiet'];
    expect((await runInside(['train', path, ...words, '--out', run])).code).toBe(0);
    const program = programOf(await loadModel(join(run, 'model.safetensors')));
    const bytes = onnxBytes(program, 'matrix', 'lockstep test');
    const cells = [-999, Number.NaN, 3];
    const input = { type: 11, dims: [3, 2], data: cells.flatMap(cell => [cell, 2]) };
    const { data: values } = runModel(bytes, { input }).values!;
    expect(values[0]).toBe(values[1]);
    expect(values[0]).not.toBe(values[2]);
  });

  it.each([
    ['numbers with clipped scales', ['--scale', 'robust'], [1e39, Number.POSITIVE_INFINITY, -1e39, -3e38]],
    ['numbers with plain scales', [], [1e39, Number.NEGATIVE_INFINITY, 3.4e38 * 100, 1e30]],
  ])('marks rows that predict refuses in a graph: %s', async (name, words, [first, second, third, last]) => {
    const path = join(folder, `${name}.csv`);
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i / 7},${i % 3 ? 'yes' : 'no'},${i % 2 ? 'u' : 'v'}`,
    );
    writeFileSync(path, ['a,b,y', ...rows, ''].join('\n'));
    const run = join(folder, name);
    const line = ['train', path, '--target', 'y', ...words, '--epochs', '1', '--quiet', '--out', run];
    expect((await runInside(line)).code).toBe(0);
    const program = programOf(await loadModel(join(run, 'model.safetensors')));
    const cells = [first!, 1, second!, 0, third!, 1, 3, 2, 3, 0.5, last!, 1, 3, 0];
    const input = { type: 11, dims: [7, 2], data: cells };
    const { label, probabilities } = runModel(onnxBytes(program, 'matrix', 'lockstep test'), { input });
    const isRefused = [true, true, true, true, true, false, false];
    expect(Array.from(label!.data as string[], text => text === '')).toEqual(isRefused);
    expect(Array.from(probabilities!.data as number[], Number.isNaN)).toEqual(
      isRefused.flatMap(is => [is, is]),
    );
  });

  it('marks dates beyond the last one in a graph, also if missing ones are filled', async () => {
    const table = TABLES[2]!;
    const made = writeExportTable(folder, table, 22);
    const run = join(folder, 'dates');
    const line = ['train', made.data, ...table.options, '--epochs', '1', '--quiet', '--out', run];
    expect((await runInside(line)).code).toBe(0);
    const program = programOf(await loadModel(join(run, 'model.safetensors')));
    const cells = [1e15, 0, Number.POSITIVE_INFINITY, 0, Number.NaN, 0, 1.7e9, Number.NaN];
    const input = { type: 11, dims: [4, 2], data: cells };
    const { label } = runModel(onnxBytes(program, 'matrix', 'lockstep test'), { input });
    expect(Array.from(label!.data as string[], text => text === '')).toEqual([true, true, false, false]);
  });

  it('notices an export that predicts differently', async () => {
    const opened = await loadModel(join(model, 'model.safetensors'));
    const program = programOf(opened);
    const own = ownAnswers(program, Float64Array.from([0.2, 0.9]));
    const other = ownAnswers(program, Float64Array.from([0.2, 0.4]));
    expect(compareAnswers(program, own, other)).toEqual({
      rows: 2,
      largest: 0.5,
      otherLabels: 1,
      wrongLabels: 1,
    });
  });
});

it('compares rows of JSON, whose texts have quotes and whose missing cells are null', async () => {
  const data = join(folder, 'towns.json');
  const rows = Array.from({ length: 60 }, (_, i) => ({
    town: i % 7 === 0 ? null : ['Ulm', 'Bad "Wimpfen"', 'Köln'][i % 3],
    size: i % 11 === 0 ? null : (i * 13) % 17,
    y: i % 3 === 0 ? 'a' : 'b',
  }));
  writeFileSync(data, JSON.stringify(rows));
  const model = join(folder, 'towns');
  const trained = await runInside([
    'train',
    data,
    '--target',
    'y',
    '--missing',
    'mean',
    '--out',
    model,
    '--epochs',
    '20',
    '--quiet',
  ]);
  expect(trained.code).toBe(0);
  for (const to of ['json', 'code', 'html']) {
    const { code, stdout, stderr } = await runInside(['export', model, data, '--to', to, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).compared.rows).toBe(60);
  }
});
