/**
 * Contains the table of rooms: which folder may import which, and where each third-party package may be
 * imported. Fails on a forbidden import, and on a cycle between files or rooms. Run by `npm run check`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Files that every room may import: top-level files that import nothing but each other. */
const LEAVES = [
  'choices',
  'elementary',
  'errors',
  'float32',
  'keyed-order',
  'limits',
  'native',
  'nearest',
  'quote',
  'random',
  'ranges',
  'replace-file',
  'version',
  'option-names',
].map(name => `src/${name}.ts`);

/**
 * Rooms from the lowest to the highest, with the rooms that each may import, all of which precede it in this
 * list. A room may also import what those may.
 */
const ROOMS: Record<string, string[]> = {
  ...Object.fromEntries(LEAVES.map(leaf => [leaf, []])),
  'src/ranks': [],
  'src/kernels': [],
  'src/model': ['src/kernels'],
  'src/data': [],
  'src/reference': ['src/model', 'src/data'],
  'src/protocol': ['src/model', 'src/ranks'],
  'src/config': ['src/model'],
  'src/judge': ['src/model', 'src/data'],
  'src/store': ['src/model', 'src/data'],
  'src/views': ['src/store'],
  'src/threads': ['src/protocol'],
  'src/session': ['src/threads', 'src/judge'],
  'src/train': ['src/session'],
  workers: ['src/protocol'],
  'src/lab': ['src/train', 'src/store', 'src/config', 'src/reference', 'workers'],
  'src/report': ['src/lab'],
  'src/export': ['src/report'],
  'src/commands': ['src/export', 'src/views'],
  'src/library': ['src/export'],
  'src/index.ts': ['src/library'],
  'src/main.ts': ['src/commands'],
  'src/cli.ts': ['src/main.ts'],
  'scripts/tools/figures.ts': [],
  scripts: ['src/cli.ts', 'src/index.ts', 'workers', 'scripts/tools/figures.ts'],
  bench: ['src/cli.ts', 'src/index.ts', 'workers', 'scripts/tools/figures.ts'],
  test: ['scripts', 'bench'],
};

/** Third-party packages that may only be imported in these places. */
const DOORS: Record<string, string[]> = {
  yargs: ['src/cli.ts', 'src/commands'],
  piscina: ['src/threads/start-threads.ts'],
  koffi: ['src/native.ts'],
  '@duckdb/node-api': ['src/data'],
  '@duckdb/node-bindings': ['src/data/table', 'src/data/arrays/parquet.ts'],
  'apache-arrow': [
    'src/data/arrays/arrow.ts',
    'src/data/arrays/arrow-column.ts',
    'scripts/torture/fuzz/array-targets.ts',
  ],
  yauzl: ['src/data/spool/zip.ts'],
  'seek-bzip': ['src/data/spool/unpack.ts'],
  zstddec: ['src/data/spool/zstd.ts'],
  'ml-levenberg-marquardt': ['src/lab/scale/laws'],
  'ml-matrix': ['src/lab/scale/laws'],
  tinybench: ['bench'],
  'cli-progress': ['src/report/bar.ts'],
  '@observablehq/plot': ['src/report/plots/plot.ts'],
  '@xmldom/xmldom': ['src/report/plots/plot.ts', 'test/report'],
  'playwright-core': ['test/report', 'scripts/studies/exports/browser.ts'],
  'fs-native-extensions': ['src/store/folder-lock.ts'],
  yaml: ['src/config'],
  assemblyscript: ['scripts/tools/build-wasm.ts'],
  typescript: ['scripts/torture/interleavings', 'scripts/torture/fuzz/count.ts'],
  vitest: ['test'],
  'fast-check': ['test'],
};

/** Import and export statements, dynamic imports, and inline type imports. */
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*|\brequire\w*\([^)]*\)\(\s*)['"]([^'"]+)['"]/g;

const files = ['src', 'workers', 'scripts', 'bench', 'test'].flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(name => name.endsWith('.ts') && !/^src\/kernels\/assembly\/|node_modules/.test(name)),
);

const inside = (file: string, place: string) => file === place || file.startsWith(`${place}/`);
const roomOf = (file: string) => Object.keys(ROOMS).find(room => inside(file, room));
const problems: string[] = [];

/** All rooms that each room may import. */
const reach = new Map<string, Set<string>>();
for (const [room, named] of Object.entries(ROOMS)) {
  const below = new Set([...LEAVES, room]);
  for (const other of named) {
    const rooms = reach.get(other);
    if (rooms) for (const one of rooms) below.add(one);
    else problems.push(`the table of rooms: ${other} has to stand before ${room}, which names it`);
  }
  reach.set(room, below);
}
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
      const isAllowed = [...reach.get(room)!].some(place => inside(target, place));
      if (!isAllowed) problems.push(`${file}: ${room} may not import ${target}`);
    } else {
      const [door, places] = Object.entries(DOORS).find(([party]) => inside(name!, party)) ?? [];
      if (places && !places.some(place => inside(file, place))) {
        problems.push(`${file}: ${door} may be imported in ${places.join(', ')} alone`);
      }
    }
  }
  imports.set(file, targets);
}

/** Searches depth first; meeting a file again on the current path closes a cycle. */
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
    `imports: ${files.length} files in ${Object.keys(ROOMS).length} rooms, none forbidden, no cycle`,
  );
}
