/**
 * A process of its own for reading.ts: reads DATA with the lockstep of a dist folder, and prints the seconds of each part.
 * `columns`: files to checked columns. `rows`: columns to encoded rows, all of them in memory.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as table from '../src/data/table/load.js';

const [dist, source] = process.argv.slice(2) as [string, string];
const load = (file: string) => import(pathToFileURL(join(resolve(dist), 'src', file)).href);
const { LOAD_DEFAULTS } = await load('data/load.js');
const { readLearnable } = (await load('data/table/load.js')) as typeof table;

const begun = performance.now();
const columns = await readLearnable(source, { ...LOAD_DEFAULTS, target: ['target'] });
const read = performance.now();
const { x, rows } = columns.whole();
// Where a job has them: an older lockstep encodes them first, then copies them there.
const encoded = new Float32Array(
  new SharedArrayBuffer(4 * ('write' in x ? rows * x.width : (x as Float32Array).length)),
);
if ('write' in x) x.write(encoded, 0, rows);
else encoded.set(x as Float32Array);
const end = performance.now();
const seconds = { columns: (read - begun) / 1000, rows: (end - read) / 1000, both: (end - begun) / 1000 };
console.log(JSON.stringify({ seconds, rows, elements: encoded.length }));
