/**
 * The package as npm packs it, in a folder of its own: ES modules, CommonJS, and TypeScript with three ways of resolution; and programs
 * bundled as the docs say. Its dependencies are links to those of the checkout, so that nothing is downloaded.
 */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
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
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types', 'koffi', 'rolldown'])
    link(name);
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

it('has every file that one of its files names', () => {
  const dist = join(folder, 'node_modules/lockstep/dist');
  const code = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.js$|\.d\.ts$/.test(name),
  );
  const named = code.flatMap(name =>
    [
      ...readFileSync(join(dist, name), 'utf8').matchAll(
        /(?:\bfrom |\bimport |\bimport\(|\bnew URL\()['"](\.\.?\/[^'"]+\.(?:js|wasm))['"]/g,
      ),
    ].map(([, path]) => join(dirname(name), path as string)),
  );
  expect(named.length).toBeGreaterThan(code.length);
  expect(named.filter(path => !existsSync(join(dist, path)))).toEqual([]);
});

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

describe('a bundler', () => {
  const docs = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
  const [, bundlers] = docs.split('\n## Bundlers\n');
  const [whole, predictsOnly] = [...bundlers!.matchAll(/```js\n(.*?)```/gs)].map(([, text]) => text!);
  const ROWS = '[{ a: 1, y: "p" }, { a: 2, y: "q" }]';

  it('leaves the package external in a program that trains', async () => {
    const text = `import { fit } from 'lockstep'; import { bench } from 'lockstep/lab';
      const model = await fit(${ROWS}, { epochs: 1, hidden: [2], workers: 1 });
      await model.save('model.safetensors');
      console.log(typeof bench, model.predict([[1], [2]]).length);`;
    writeFileSync(join(folder, 'program.mjs'), text);
    await node('bundle-program.mjs', whole!);
    expect(await node('out/program.mjs', readFileSync(join(folder, 'out/program.mjs'), 'utf8'))).toBe(
      'function 2\n',
    );
  });

  it('takes in the package for a program that predicts, which needs no other package', async () => {
    const text = `import { load } from 'lockstep';
      const model = await load('model.safetensors');
      console.log(JSON.stringify(model.predictProbabilities([[1], [2]])));
      if (process.argv[2] === 'evaluate') await model.evaluate(${ROWS});`;
    writeFileSync(join(folder, 'predict.mjs'), text);
    await node('bundle-predict.mjs', predictsOnly!);
    const empty = makeFolder();
    cpSync(join(folder, 'out'), empty, { recursive: true });
    cpSync(join(folder, 'model.safetensors'), join(empty, 'model.safetensors'));
    const { stdout } = await run(process.execPath, ['predict.mjs'], { cwd: empty });
    const { stdout: unbundled } = await run(process.execPath, ['predict.mjs'], { cwd: folder });
    const [found, expected] = [stdout, unbundled].map(said => JSON.parse(said) as number[][]);
    expect(found).toHaveLength(2);
    for (const [i, row] of found!.entries()) {
      for (const [k, probability] of row.entries()) expect(probability).toBeCloseTo(expected![i]![k]!, 6);
    }
    const evaluated = run(process.execPath, ['predict.mjs', 'evaluate'], { cwd: empty });
    await expect(evaluated).rejects.toMatchObject({
      stderr: expect.stringMatching(/worker\.js, got no such file/),
    });
  });
});
