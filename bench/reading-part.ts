/**
 * Process started by reading.ts: reads DATA with the lockstep build in a dist folder, and prints the seconds
 * of each part. `load`: from files to a dataset. `arena`: its rows into the memory of a job.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as data from '../src/data/load.js';

const [dist, source] = process.argv.slice(2) as [string, string];
const file = pathToFileURL(join(resolve(dist), 'src', 'data', 'load.js')).href;
const { loadData } = (await import(file)) as typeof data;

const begun = performance.now();
const { train } = await loadData(source, { target: ['target'] });
const read = performance.now();
const { x, rows, features } = train;
const encoded = new Float32Array(new SharedArrayBuffer(4 * rows * features));
// An older build has already made an array of them, and copies it.
if ('write' in x) x.write(encoded, 0, rows);
else encoded.set(x as Float32Array);
const end = performance.now();
const seconds = { load: (read - begun) / 1000, arena: (end - read) / 1000, both: (end - begun) / 1000 };
console.log(JSON.stringify({ seconds, rows, elements: encoded.length }));
