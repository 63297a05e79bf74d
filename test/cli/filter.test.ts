/** predict as a filter: output while the input arrives, the bytes of a file, quiet if nobody reads on, in bounded memory. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLI, lockstep, makeFolder } from './lockstep.js';

const folder = makeFolder();
const at = (name: string) => join(folder, name);
const HEADER = 'id,a,town,y\n';
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    return `${String(row).padStart(7, '0')},${(row * 7919) % 1000},${row % 3 === 0 ? '"Bonn, am\nRhein"' : 'Graz'},${row % 2 ? 'yes' : 'no'}\n`;
  }).join('');

beforeAll(async () => {
  writeFileSync(at('t.csv'), HEADER + lines(0, 500));
  const args = [
    'train',
    at('t.csv'),
    '--target',
    'y',
    '--ignore',
    'id',
    '--epochs',
    '1',
    '--out',
    at('run'),
    '--quiet',
  ];
  expect(await lockstep(args)).toMatchObject({ code: 0 });
}, 60_000);

interface Filter {
  write(text: string): void;
  end(): void;
  /** Waits for more of stdout; null at its end. */
  read(): Promise<string | null>;
  closed: Promise<{ code: number | null; stderr: string }>;
  stopReading(): void;
}

function filter(...args: string[]): Filter {
  const child = spawn(process.execPath, [CLI, 'predict', at('run'), '-', ...args], { stdio: 'pipe' });
  child.stdin.on('error', () => {});
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const chunks = child.stdout[Symbol.asyncIterator]();
  return {
    write: text => child.stdin.write(text),
    end: () => child.stdin.end(),
    read: async () => {
      const { done, value } = await chunks.next();
      return done ? null : String(value);
    },
    closed: new Promise(resolve => {
      child.on('close', code => resolve({ code, stderr }));
    }),
    stopReading: () => child.stdout.destroy(),
  };
}

async function readAll({ read }: Filter): Promise<string> {
  let text = '';
  for (let more = await read(); more !== null; more = await read()) text += more;
  return text;
}

describe('predict as a filter', () => {
  it('writes rows before the input ends, and the same as for a file', async () => {
    const rows = 30_000;
    writeFileSync(at('new.csv'), HEADER + lines(0, rows));
    const whole = await lockstep(['predict', at('run'), at('new.csv'), '--keep', 'id,town']);
    const one = filter('--keep', 'id,town');
    one.write(HEADER + lines(0, 10));
    // The first rows are there although the input goes on.
    let text = '';
    while (!text.includes('0000009,')) text += await one.read();
    one.write(lines(10, 20_000));
    one.write(lines(20_000, rows));
    one.end();
    text += await readAll(one);
    expect(text === whole.stdout).toBe(true);
    expect(await one.closed).toMatchObject({ code: 0 });
  }, 60_000);

  it('takes objects of JSON one after the other, with keys in any order', async () => {
    const objects = [
      '{"a": 1, "town": "Graz"}',
      '{"town": "Graz", "a": 3}',
      '{"a": 2, "town": "Graz", "more": [1]}',
    ];
    writeFileSync(at('new.ndjson'), objects.join('\n'));
    const whole = await lockstep(['predict', at('run'), at('new.ndjson')]);
    expect(whole.code).toBe(0);
    const one = filter();
    one.write(`${objects[0]}\n`);
    let text = '';
    while (text.split('\n').length < 3) text += await one.read();
    one.write(`${objects.slice(1).join('\n')}\n`);
    one.end();
    text += await readAll(one);
    expect(text).toBe(whole.stdout);
  }, 60_000);

  it('names the row of the input, and what came before is written', async () => {
    const one = filter();
    one.write(HEADER + lines(0, 10));
    let text = '';
    while (text.split('\n').length < 12) text += await one.read();
    one.write(`${lines(10, 15)}16,x,Graz,no\n`);
    one.end();
    await readAll(one);
    const { code, stderr } = await one.closed;
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stdin, row 16, column "a"'),
    });
  }, 60_000);

  it('names the line of the input if it is not like the others', async () => {
    const one = filter();
    one.write('id,a,town,y\n1,2,Graz,no\n');
    let text = '';
    while (text.split('\n').length < 3) text += await one.read();
    one.write('2,3,Graz,no\n1,2\n');
    one.end();
    await readAll(one);
    expect(await one.closed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stdin, line 4: expected 4 cells'),
    });
  }, 60_000);

  it('ends quietly if nobody reads on', async () => {
    const one = filter();
    one.write(HEADER + lines(0, 1000));
    await one.read();
    one.stopReading();
    one.write(lines(1000, 100_000));
    one.end();
    expect(await one.closed).toEqual({ code: 0, stderr: '' });
  }, 60_000);

  it.runIf(process.platform === 'linux')(
    'takes no more memory for many rows than for some',
    async () => {
      const peak = async (name: string, rows: number) => {
        const path = at(`${name}.csv`);
        writeFileSync(path, 'a,town\n');
        const block = Array.from({ length: 50_000 }, (_, i) => `${(i * 7919) % 1000},Graz\n`).join('');
        for (let done = 0; done < rows; done += 50_000) writeFileSync(path, block, { flag: 'a' });
        // The peak, as the system has it when the process ends.
        const code = `import { readFileSync } from 'node:fs'; import { writeFileSync } from 'node:fs';
        process.on('exit', () => writeFileSync(${JSON.stringify(at('peak'))}, /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]));`;
        writeFileSync(at('peak.mjs'), code);
        const env = { ...process.env, NODE_OPTIONS: `--import ${at('peak.mjs')}` };
        const outcome = await lockstep(['predict', at('run'), path, '--out', at(`${name}.out.csv`)], { env });
        expect(outcome).toMatchObject({ code: 0, stderr: '' });
        return Number(await readFile(at('peak'), 'utf8')) / 1024;
      };
      const few = await peak('few', 400_000);
      const many = await peak('many', 2_400_000);
      // Held in memory, 2 million more rows of predictions and inputs would take 300 MB more.
      expect(many - few).toBeLessThan(100);
    },
    120_000,
  );
});
