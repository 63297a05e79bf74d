/** Exports in Node.js: graphs by onnxruntime-node, and the module. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type OnnxRuntime, runOnnx } from '../../../src/export/onnx/run.js';
import { type Compared, compareObjects, compareWith, type Own } from './compare.js';
import type { Cells } from './rows.js';

/** @param packages the folder in which onnxruntime-node is installed */
export async function inNode(
  out: string,
  files: readonly string[],
  all: Cells,
  own: Own,
  packages: string | undefined,
): Promise<Compared[]> {
  const { predict } = await import(pathToFileURL(join(out, 'model.mjs')).href);
  const rows = all.rows.map(cells => Object.fromEntries(cells.map((cell, j) => [all.names[j]!, cell])));
  const module = compareObjects(
    own,
    rows.map(row => predict(row, { unseen: 'ignore' })),
    `module, Node.js ${process.versions.node}`,
  );
  if (packages === undefined) return [module];
  const found = createRequire(join(packages, 'package.json'))('onnxruntime-node');
  const version = found.env.versions.node;
  const places = own.program.inputs.map(({ name }) => all.names.indexOf(name));
  const cells = all.rows.map(row => places.map(place => row[place]!));
  const graphs: Compared[] = [];
  for (const file of files.filter(name => name.endsWith('.onnx'))) {
    const form = file === 'matrix.onnx' ? 'matrix' : 'columns';
    const answers = await runOnnx(
      found as OnnxRuntime,
      readFileSync(join(out, file)),
      own.program,
      cells,
      form,
    );
    graphs.push(compareWith(own, answers, `${form}, onnxruntime-node ${version}`));
  }
  return [...graphs, module];
}
