/**
 * The package as npm packs it, in a folder of its own: ES modules, CommonJS, and TypeScript with three ways of resolution. Its
 * dependencies are links to those of the checkout, so that nothing is downloaded.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { makeFolder } from '../cli/lockstep.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = makeFolder();
const run = promisify(execFile);

function link(name: string): void {
  const place = join(folder, 'node_modules', name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), place);
}

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const [{ filename }] = JSON.parse(stdout);
  const place = join(folder, 'node_modules/lockstep');
  mkdirSync(place, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', place, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types', 'koffi']) link(name);
});

const BODY = `
const model = await fit([{ a: 1, y: 'p' }, { a: 2, y: 'q' }], { epochs: 1, hidden: [2], workers: 1 });
console.log(typeof bench, typeof loadData, model.predict([{ a: 1 }]).length);
`;

async function node(name: string, text: string): Promise<string> {
  writeFileSync(join(folder, name), text);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder });
  expect(stderr).toBe('');
  return stdout;
}

it('is imported by ES modules', async () => {
  const imports = ['fit} from "lockstep', 'loadData} from "lockstep/data', 'bench} from "lockstep/lab'];
  expect(await node('esm.mjs', `${imports.map(one => `import {${one}";`).join('\n')}${BODY}`)).toBe(
    'function function 1\n',
  );
});

it('is required by CommonJS', async () => {
  const required = [
    '{fit} = require("lockstep',
    '{loadData} = require("lockstep/data',
    '{bench} = require("lockstep/lab',
  ];
  const text = `${required.map(one => `const ${one}");`).join('\n')}(async () => {${BODY}})();`;
  expect(await node('cjs.cjs', text)).toBe('function function 1\n');
});

it('loads no DuckDB for rows in memory', async () => {
  const text = `import { fit } from 'lockstep';\n${BODY.replace(/typeof bench, typeof loadData/, '0')}
    console.log(process.report.getReport().sharedObjects.filter(name => name.includes('duckdb')).length);`;
  expect(await node('light.mjs', text)).toBe('0 1\n0\n');
});

it.each([
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('has types for module %s with resolution %s', async (module, moduleResolution) => {
  const text = `
import { fit, type FittedModel, LockstepError } from 'lockstep';
import type { Dataset } from 'lockstep/data';
import { fit as fitLaw } from 'lockstep/lab';
export async function use(data: Dataset): Promise<FittedModel> {
  const law = fitLaw('amdahl', [{ workers: 1, value: 2 }]);
  if (law.fitted) console.log(law.parameters);
  // @ts-expect-error: no such option
  await fit(data, { lerningRate: 1 });
  throw new LockstepError('usage', String((await fit([{ a: 1, y: 2 }], { target: 'y', epochs: 3 })).predict([[1]])));
}
`;
  const file = join(folder, `use-${moduleResolution}.mts`);
  writeFileSync(file, text);
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node'];
  const line = [...options, '--module', module, '--moduleResolution', moduleResolution, file];
  const { stdout } = await run(tsc, line, { cwd: folder }).catch(error => error);
  expect(stdout).toBe('');
});
