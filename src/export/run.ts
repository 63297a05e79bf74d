/** Runs an export on rows, as its users do. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExportFormat as Format } from '../config/output-options.js';
import { writeAtomically } from '../store/atomic.js';
import { type Answers, answersOf } from './answers.js';
import type { Row } from './code/encode-row.js';
import { type Prediction, predictor } from './code/runtime.js';
import { fromJson } from './json.js';
import type { OnnxInput } from './onnx/inputs.js';
import { findRuntime, runOnnx } from './onnx/run.js';
import { modelScript } from './page/page.js';
import type { Program } from './program.js';
import type { ComparedRows } from './rows.js';

type Predict = (row: Row, options: { unseen: 'ignore' }) => Prediction;

/** The predictions of an export. @param folder a temporary one; null if it can't be run here */
export async function runExport(
  format: Format,
  contents: Uint8Array | string,
  program: Program,
  { rows }: ComparedRows,
  form: OnnxInput,
  folder: string,
): Promise<Answers | null> {
  if (format === 'onnx') {
    const runtime = await findRuntime();
    return runtime && runOnnx(runtime, contents as Uint8Array, program, rows, form);
  }
  const predict = await load(format, contents as string, folder);
  return answersOf(
    program,
    rows.map(row => predict(row, { unseen: 'ignore' })),
  );
}

async function load(format: Format, text: string, folder: string): Promise<Predict> {
  if (format === 'json') return predictor(fromJson(text));
  const path = join(folder, 'model.mjs');
  await writeAtomically(path, [format === 'html' ? modelScript(text) : text]);
  const { predict } = await import(pathToFileURL(path).href);
  return predict;
}
