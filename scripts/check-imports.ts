/**
 * Holds the table of rooms: which folder may import which, and which third party has its door where. Fails on
 * a forbidden import and on a cycle between files. Run by `npm run check`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Rooms, and the rooms that their files may import beside their own. A file at the top is a room too. */
const ROOMS: Record<string, string[]> = {
  'src/errors.ts': [],
  'src/float32.ts': [],
  'src/native.ts': [],
  'src/limits.ts': ['src/native.ts'],
  'src/nearest.ts': [],
  'src/quote.ts': [],
  'src/random.ts': [],
  'src/version.ts': [],
  'src/kernels': ['src/errors.ts', 'src/native.ts', 'src/random.ts'],
  'src/data': ['src/errors.ts', 'src/nearest.ts', 'src/quote.ts', 'src/random.ts'],
  'src/model': ['src/errors.ts', 'src/float32.ts', 'src/random.ts', 'src/kernels'],
  'src/reference': ['src/errors.ts', 'src/model'],
  'src/config': [
    'src/errors.ts',
    'src/float32.ts',
    'src/nearest.ts',
    'src/quote.ts',
    'src/kernels',
    'src/model',
  ],
  'src/store': ['src/errors.ts', 'src/model', 'src/data'],
  'src/protocol': ['src/kernels', 'src/model'],
  'src/train': [
    'src/errors.ts',
    'src/float32.ts',
    'src/limits.ts',
    'src/native.ts',
    'src/random.ts',
    'src/data',
    'src/kernels',
    'src/model',
    'src/protocol',
  ],
  'src/study': [
    'src/errors.ts',
    'src/random.ts',
    'src/version.ts',
    'src/data',
    'src/kernels',
    'src/model',
    'src/store',
    'src/train',
  ],
  'src/tune': [
    'src/errors.ts',
    'src/random.ts',
    'src/config',
    'src/data',
    'src/model',
    'src/store',
    'src/study',
    'src/train',
  ],
  'src/report': ['src/data', 'src/model', 'src/train', 'src/study', 'src/tune', 'src/config'],
  'src/index.ts': ['src'],
  'src/cli.ts': ['src'],
  'src/main.ts': ['src'],
  'src/commands': ['src'],
  workers: ['src/kernels', 'src/model', 'src/protocol'],
  scripts: ['src'],
  bench: ['src', 'scripts/figures.ts'],
  test: ['src', 'workers', 'scripts', 'bench'],
};

/** Third parties that may be imported in these places alone. */
const DOORS: Record<string, string[]> = {
  yargs: ['src/cli.ts', 'src/commands'],
  piscina: ['src/train/pool.ts'],
  koffi: ['src/native.ts'],
  '@duckdb/node-api': ['src/data'],
  '@duckdb/node-bindings': ['src/data/table', 'src/data/arrays/parquet.ts'],
  'apache-arrow': ['src/data/arrays/arrow.ts'],
  yauzl: ['src/data/spool/zip.ts'],
  'seek-bzip': ['src/data/spool/unpack.ts'],
  zstddec: ['src/data/spool/zstd.ts'],
  'ml-levenberg-marquardt': ['src/study/laws'],
  'ml-matrix': ['src/study/laws'],
  tinybench: ['bench'],
  'cli-progress': ['src/report/bar.ts'],
  '@observablehq/plot': ['src/report/plots/plot.ts'],
  '@xmldom/xmldom': ['src/report/plots/plot.ts', 'test/report'],
  'playwright-core': ['test/report'],
  'fs-native-extensions': ['src/store/folder-lock.ts'],
  yaml: ['src/config'],
  assemblyscript: ['scripts/build-wasm.ts'],
  'istanbul-lib-instrument': ['scripts/fuzz/instrument.ts'],
  vitest: ['test'],
  'fast-check': ['test'],
};

/** Import and export statements, dynamic imports, and types imported in place. */
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*|\brequire\w*\([^)]*\)\(\s*)['"]([^'"]+)['"]/g;

const files = ['src', 'workers', 'scripts', 'bench', 'test'].flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(name => name.endsWith('.ts') && !/^src\/kernels\/assembly\/|node_modules/.test(name)),
);

const inside = (file: string, place: string) => file === place || file.startsWith(`${place}/`);
const roomOf = (file: string) => Object.keys(ROOMS).find(room => inside(file, room));
const problems: string[] = [];
const imports = new Map<string, string[]>();

for (const file of files) {
  const room = roomOf(file);
  if (!room) {
    problems.push(`${file}: expected to lie in one of the rooms ${Object.keys(ROOMS).join(', ')}`);
    continue;
  }
  const targets: string[] = [];
  for (const [, name] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (name!.startsWith('.')) {
      const target = normalize(join(dirname(file), name!)).replace(/\.js$/, '.ts');
      targets.push(target);
      const allowed = inside(target, room) || ROOMS[room]!.some(place => inside(target, place));
      if (!allowed) problems.push(`${file}: ${room} may not import ${target}`);
    } else {
      const [door, places] = Object.entries(DOORS).find(([party]) => inside(name!, party)) ?? [];
      if (places && !places.some(place => inside(file, place))) {
        problems.push(`${file}: ${door} may be imported in ${places.join(', ')} alone`);
      }
    }
  }
  imports.set(file, targets);
}

/** Walks depth first; a file met again on the way down closes a cycle. */
function findCycle(file: string, path: string[], done: Set<string>): void {
  if (path.includes(file)) {
    problems.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
    return;
  }
  if (done.has(file)) return;
  for (const target of imports.get(file) ?? []) findCycle(target, [...path, file], done);
  done.add(file);
}
const done = new Set<string>();
for (const file of files) findCycle(file, [], done);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log(
    `imports: ${files.length} files in ${Object.keys(ROOMS).length} rooms, no forbidden one, no cycle`,
  );
}
