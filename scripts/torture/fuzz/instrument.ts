/**
 * Creates a copy of the build in dist/fuzz-TARGET, in which every statement, branch and function counts its
 * executions, and does the same with the yaml package, so that the search sees which code an input reaches.
 * Istanbul inserts the counters.
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
  for (const part of [...COPIED, ...targetFiles()]) {
    cpSync(join('dist', part), join(copy, part), { recursive: true });
    if (fault) plant(copy, part, fault);
    instrumentAll(join(copy, part), true);
  }
  cpSync('node_modules/yaml', join(copy, 'node_modules/yaml'), { recursive: true });
  instrumentAll(join(copy, 'node_modules/yaml/dist'), false);
  return join(copy, HOME, 'targets.js');
}

function instrumentAll(path: string, esModules: boolean): void {
  const instrumenter = createInstrumenter(esModules);
  const files = path.endsWith('.js')
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' }).map(name => join(path, name));
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
