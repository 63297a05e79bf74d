/**
 * Creates a copy of the build in dist/fuzz-TARGET, in which the rooms that parse the target's inputs count the
 * branches that they take and note what they compare (count.ts), so that the search sees what an input does.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAll } from '../interleavings/parse.js';
import { insertCounters, type Numbers } from './count.js';
import { MOST_COMPARISONS, MOST_COUNTERS } from './record.js';

const HOME = 'scripts/torture/fuzz';
/** Rooms that contain parsers, and what they import: other rooms, and the files outside of them. */
const COPIED = [
  ...readdirSync('dist/src').flatMap(name => (name.endsWith('.js') ? `src/${name}` : [])),
  'src/config',
  'src/data',
  'src/kernels',
  'src/model',
  'src/store',
];

/** Where each target's inputs are parsed: rooms of src, and packages. */
const PARSERS: Readonly<Record<string, readonly string[]>> = {
  idx: ['src/data/images'],
  ...Object.fromEntries(['npy', 'arrow', 'libsvm'].map(name => [name, ['src/data/arrays']])),
  npz: ['src/data/arrays', 'src/data/spool', 'yauzl'],
  packed: ['src/data/spool', 'yauzl', 'seek-bzip'],
  ...Object.fromEntries(['cell', 'date', 'json-row'].map(name => [name, ['src/data/table']])),
  ...Object.fromEntries(['safetensors', 'journal', 'cache'].map(name => [name, ['src/store']])),
  ...Object.fromEntries(['model', 'checkpoint', 'run'].map(name => [name, ['src/store', 'src/model']])),
  ...Object.fromEntries(['options', 'space'].map(name => [name, ['src/config']])),
  config: ['src/config', 'yaml'],
};

/** The targets and what they share. */
function targetFiles(): string[] {
  const names = readdirSync(join('dist', HOME)).filter(name => /^seeds\.js$|targets?\.js$/.test(name));
  return names.map(name => `${HOME}/${name}`);
}

/** A change of the built code that the search has to find. */
export interface Fault {
  /** In the build, without its extension. */
  file: string;
  from: string;
  to: string;
}

/** An instrumented build. */
export interface Instrumented {
  /** Of its targets. */
  path: string;
  counters: number;
}

/**
 * Recreates the copy for a target, with a fault if one is given.
 * @throws Error if the place of the fault is not there exactly once
 */
export function instrumentBuild(target: string, fault: Fault | null = null): Instrumented {
  const copy = join('dist', `fuzz-${target}`);
  rmSync(copy, { recursive: true, force: true });
  const parsers = PARSERS[target];
  if (!parsers) throw new Error(`${target}: where its inputs are parsed is not listed`);
  for (const part of [...COPIED, ...targetFiles()]) {
    cpSync(join('dist', part), join(copy, part), { recursive: true });
    if (fault) plant(copy, part, fault);
  }
  const folders = parsers.map(parser => {
    if (parser.startsWith('src/')) return join(copy, parser);
    cpSync(join('node_modules', parser), join(copy, 'node_modules', parser), { recursive: true });
    return join(copy, 'node_modules', parser);
  });
  return { path: join(copy, HOME, 'targets.js'), counters: instrumentAll(folders) };
}

/** Instruments all JavaScript in these folders. Returns the number of counters. */
function instrumentAll(folders: readonly string[]): number {
  const paths = folders.flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.js'))
      .map(name => join(folder, name)),
  );
  const parsed = parseAll(new Map(paths.map(path => [path, readFileSync(path, 'utf8')])));
  const numbers: Numbers = { counter: 0, comparison: 0 };
  for (const [path, file] of parsed) writeFileSync(path, insertCounters(file, numbers));
  if (numbers.counter > MOST_COUNTERS || numbers.comparison > MOST_COMPARISONS) {
    throw new Error(`${folders}: more code than the search has counters for`);
  }
  return numbers.counter;
}

/** Plants the fault if its file is in this part of the copy. */
function plant(copy: string, part: string, { file, from, to }: Fault): void {
  const name = `${file}.js`;
  if (name !== part && !name.startsWith(`${part}/`)) return;
  const path = join(copy, name);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`${path}: expected this once, got it ${parts.length - 1} times: ${from}`);
  writeFileSync(path, parts.join(to));
}
