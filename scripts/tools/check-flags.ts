/**
 * Holds that the core knows no flag: below the command line, texts name options by their properties (src/option-names.ts), so
 * that each reader gets them in their own words. Fails on a text with a flag, and on a named option that the table of
 * options doesn't have. Run by `npm run check`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf } from '../../src/config/flags.js';

/** The rooms below the command line. */
const ROOMS = [
  'data',
  'judge',
  'kernels',
  'lab',
  'model',
  'reference',
  'report',
  'session',
  'store',
  'threads',
  'train',
];

/** What begins with dashes in a text and is for Node.js or npm. */
const FOREIGN = ['--no-save', '--no-experimental-require-module', '--expose-gc'];

/** Options of the library that the command line has no name for. */
const LIBRARY_ONLY = ['scheduleEpochs', 'scheduleSteps', 'judgeEvery'];

/** Not the names of colours in style sheets: var(--ink). */
const FLAG = /(?<![\w-]|var\()--[a-z][a-z-]+(?![\w-]|\.#)/g;
const NAMED = /\b(?:option|optionError|checkRange|checkCount|leaveOut|findColumns)\(\s*'([\w.]+)'/g;

const files = [...ROOMS.map(room => `src/${room}`), 'workers'].flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(name => name.endsWith('.ts') && !name.startsWith('src/kernels/assembly/')),
);

const problems: string[] = [];
for (const file of files) {
  for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    // Comments may tell how something was measured.
    if (/^\s*(\/\/|\*|\/\*)/.test(line)) continue;
    const place = `${file}:${i + 1}`;
    for (const [flag] of line.matchAll(FLAG)) {
      if (!FOREIGN.includes(flag)) problems.push(`${place}: name the option by its property, not ${flag}`);
    }
    for (const [, property] of line.matchAll(NAMED)) {
      const isKnown = keyOf(property!) !== undefined || LIBRARY_ONLY.includes(property!);
      if (!isKnown) problems.push(`${place}: the table of options has no ${property}`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log(`flags: ${files.length} files below the command line, none names a flag`);
}
