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

/**
 * Recreates the copy for a target. Returns the path of its targets. @throws Error if Istanbul isn't installed
 */
export function instrumentBuild(target: string): string {
  const copy = join('dist', `fuzz-${target}`);
  rmSync(copy, { recursive: true, force: true });
  for (const part of [...COPIED, `${HOME}/targets.js`, `${HOME}/seeds.js`]) {
    cpSync(join('dist', part), join(copy, part), { recursive: true });
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
