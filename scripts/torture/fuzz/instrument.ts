/**
 * Creates a copy of the build in dist/fuzz-TARGET, in which the rooms that parse the target's inputs count the
 * executions of every statement, branch and function, so that the search sees which code an input reaches.
 * Istanbul inserts the counters, which takes most of a minute for everything and a second for a room.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Instrumenter {
  instrumentSync(code: string, path: string): string;
}

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

/** Where each target's inputs are parsed; `yaml` is the package. */
const PARSERS: Readonly<Record<string, readonly string[]>> = {
  idx: ['src/data/images'],
  ...Object.fromEntries(['npy', 'npz', 'arrow', 'libsvm'].map(name => [name, ['src/data/arrays']])),
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

/**
 * Recreates the copy for a target, with a fault if one is given. Returns the path of its targets.
 * @throws Error if Istanbul isn't installed, or the place of the fault is not there exactly once
 */
export function instrumentBuild(target: string, fault: Fault | null = null): string {
  const copy = join('dist', `fuzz-${target}`);
  rmSync(copy, { recursive: true, force: true });
  const rooms = PARSERS[target];
  if (!rooms) throw new Error(`${target}: where its inputs are parsed is not listed`);
  for (const part of [...COPIED, ...targetFiles()]) {
    cpSync(join('dist', part), join(copy, part), { recursive: true });
    if (fault) plant(copy, part, fault);
  }
  for (const room of rooms) {
    if (room !== 'yaml') instrumentAll(join(copy, room), true);
    else {
      cpSync('node_modules/yaml', join(copy, 'node_modules/yaml'), { recursive: true });
      instrumentAll(join(copy, 'node_modules/yaml/dist'), false);
    }
  }
  return join(copy, HOME, 'targets.js');
}

function instrumentAll(path: string, esModules: boolean): void {
  const instrumenter = createInstrumenter(esModules);
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).map(name => join(path, name));
  for (const file of files.filter(file => file.endsWith('.js'))) {
    writeFileSync(file, instrumenter.instrumentSync(readFileSync(file, 'utf8'), file));
  }
}

function createInstrumenter(esModules: boolean): Instrumenter {
  if (!existsSync(join(HOME, 'node_modules'))) {
    throw new Error(`Istanbul is not installed. Try npm ci --prefix ${HOME}.`);
  }
  const { createInstrumenter } = createRequire(join(process.cwd(), HOME, 'package.json'))(
    'istanbul-lib-instrument',
  );
  return createInstrumenter({ esModules, compact: true, produceSourceMap: false });
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
