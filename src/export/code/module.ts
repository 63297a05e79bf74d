/**
 * The model as one ES module without dependencies: the program, and the built files of the runtime, each in a function of its
 * own that returns what it exports. What the other files write is what lockstep itself runs, so that cells are read and
 * activations computed by the same code.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Program } from '../program.js';

/** In the order in which they need each other, relative to the folder of src. */
const FILES = [
  'elementary.js',
  'kernels/activations.js',
  'data/table/bins.js',
  'data/table/boolean.js',
  'data/table/cell-text.js',
  'data/table/clip.js',
  'data/table/date.js',
  'data/table/hash-text.js',
  'data/table/number-text.js',
  'data/table/target-transform.js',
  'export/code/encode-row.js',
  'export/code/runtime.js',
];

const IMPORT = /^import \{ ([^}]*) \} from '([^']*)';$/gm;
const EXPORT = /^export (function|const|class) (\w+)/gm;

/** The text of the module. It exports `predict(row)`, and `inputs`, what a row consists of. */
export function moduleText(program: Program, madeBy: string): string {
  return `// A model trained and exported by ${madeBy}. It needs no other file:
//   import { predict } from './model.mjs';
//   predict({ column: value, … })
${bundle(FILES)}

const floats = text => new Float32Array(Uint8Array.from(atob(text), sign => sign.charCodeAt(0)).buffer);
const program = ${describe(program)};
for (const layer of program.members.flat()) {
  layer.bias = floats(layer.bias);
  layer.weights = floats(layer.weights);
}

/** The columns of a row, or how many pixels. */
export const inputs = ${program.inputs.length > 0 ? 'program.inputs' : 'program.features'};

/** Predicts a row: an object with a cell for each column, or their values in order. Throws if a cell can't be read. */
export const predict = runtimeFile.predictor(program);
`;
}

/** Built files as functions that run once: for each a constant, named after it, with what it exports. */
export function bundle(files: readonly string[]): string {
  return files.map(wrapped).join('\n');
}

/** const elementaryFile = (() => { …; return { exp, log }; })(); */
function wrapped(file: string): string {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').replace(
    /^\/\/# sourceMap.*$/m,
    '',
  );
  const names = [...text.matchAll(EXPORT)].map(([, , name]) => name);
  const body = text
    .replace(IMPORT, (_, imported: string, from: string) => `const { ${imported} } = ${idOf(from)};`)
    .replace(EXPORT, '$1 $2');
  if (/^(import|export)\b/m.test(body)) throw new Error(`${file}: an import or export of an unknown form`);
  return `const ${idOf(file)} = (() => {\n${body.trim()}\nreturn { ${names.join(', ')} };\n})();`;
}

/** ../data/table/hash-text.js → hashTextFile */
function idOf(file: string): string {
  return `${basename(file, '.js').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}File`;
}

/** The program as JSON, with its numbers as base64 of little-endian float32. */
function describe(program: Program): string {
  const members = program.members.map(layers =>
    layers.map(layer => ({ ...layer, bias: base64(layer.bias), weights: base64(layer.weights) })),
  );
  return JSON.stringify({ ...program, members }, null, 1);
}

function base64(numbers: ArrayLike<number>): string {
  const { buffer } = Float32Array.from(numbers);
  return Buffer.from(buffer).toString('base64');
}
