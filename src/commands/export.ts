/** lockstep export MODEL [DATA]: writes a model for other programs, after running it and comparing its predictions. */
import { dirname, extname, join } from 'node:path';
import { EXPORT_FORMATS, type ExportFormat } from '../config/output-options.js';
import { filesOf } from '../data/source-files.js';
import { failure, usageError } from '../errors.js';
import { areSame, compareAnswers, type Difference } from '../export/answers.js';
import { moduleText } from '../export/code/module.js';
import { jsonText } from '../export/json.js';
import { onnxBytes } from '../export/onnx/onnx.js';
import { pageText } from '../export/page/page.js';
import { type Program, programOf } from '../export/program.js';
import { type ComparedRows, madeRows, rowsOfData } from '../export/rows.js';
import { runExport } from '../export/run.js';
import { option } from '../option-names.js';
import { counted, formatCount } from '../report/format.js';
import { writeAtomically } from '../store/atomic.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, say } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { findModel, openModel } from './run/model.js';
import { placeOf } from './run/output-file.js';
import { inTemporaryFolder } from './run/temporary-folder.js';
import { pick } from './settings/pick.js';
import { fileOptions } from './settings/train-options.js';

type Settings = Call['settings'];

/** The extensions by which a format is known; the first is the usual one. */
const EXTENSIONS: Readonly<Record<ExportFormat, readonly string[]>> = {
  onnx: ['.onnx'],
  json: ['.json'],
  html: ['.html', '.htm'],
  code: ['.mjs', '.js'],
};

export async function run({ operands, settings, signal }: Call): Promise<number> {
  const [model, data] = operands as [string, string?];
  return unlessAborted(exportModel(model, data ?? null, settings), signal);
}

async function exportModel(path: string, source: string | null, settings: Settings): Promise<number> {
  const to = formatOf(settings);
  const file = await findModel(path);
  const out = settings.out ?? join(dirname(file), `model${EXTENSIONS[to][0]}`);
  const inputs = [
    { name: 'the model', paths: [file] },
    { name: 'DATA', paths: source === null ? [] : await filesOf(source) },
  ];
  const place = await placeOf({ out, force: settings.force, inputs });
  const model = await openModel(path);
  const program = programOf(model);
  const contents = write(to, program, settings, path);
  tellCrowding(settings);
  const { rows, difference } = await inTemporaryFolder(async folder => {
    const machine = pick(settings, 'workers', 'shards', 'backend', 'blas');
    const rows = await (source === null
      ? madeRows(model, program, folder, machine)
      : rowsOfData(model, program, source, readingOf(settings), machine));
    const found = await runExport(to, contents, program, rows, settings.onnxInput, folder);
    return { rows, difference: found && compareAnswers(program, rows.own, found) };
  });
  if (difference && !areSame(difference)) throw differs(to, difference);
  await writeAtomically(place, [contents]);
  const bytes = typeof contents === 'string' ? Buffer.byteLength(contents) : contents.length;
  if (settings.json) printJson({ out, format: to, bytes, compared: difference });
  else print(`${out} (${formatCount(bytes)} bytes): ${describe(rows, difference)}`);
  if (difference === null) say(NOT_RUN);
  return 0;
}

const NOT_RUN =
  'note: the file was not run, because onnxruntime-node is not installed. npm install onnxruntime-node beside lockstep lets export compare it.';

/** @throws usage if neither --to nor --out says it */
function formatOf({ to, out }: Settings): ExportFormat {
  if (to !== null) return to;
  const extension = extname(out ?? '').toLowerCase();
  const found = EXPORT_FORMATS.find(format => EXTENSIONS[format].includes(extension));
  if (found) return found;
  const got = out === null ? 'no format' : `${option('out', out)}, whose extension names no format`;
  throw usageError(`lockstep export: expected a format, got ${got}.`, `Try ${option('to', 'onnx')}.`);
}

function write(
  to: ExportFormat,
  program: Program,
  { onnxInput }: Settings,
  model: string,
): string | Uint8Array {
  const madeBy = `lockstep ${packageVersion()}`;
  if (to === 'onnx') return onnxBytes(program, onnxInput, madeBy);
  if (to === 'json') return jsonText(program, madeBy);
  return to === 'html' ? pageText(program, model, madeBy) : moduleText(program, madeBy);
}

function readingOf(settings: Settings) {
  return { ...fileOptions(settings), ...pick(settings, 'dropIncomplete', 'missingTarget', 'unseen') };
}

function describe({ source }: ComparedRows, difference: Difference | null): string {
  if (difference === null) return 'not run';
  const { rows, largest, otherLabels } = difference;
  const on = source === null ? counted(rows, 'made row') : `${counted(rows, 'row')} of ${source}`;
  const labels =
    otherLabels === 0 ? '' : `, and in ${counted(otherLabels, 'label')} of classes that are as likely`;
  return `run on ${on}; the largest difference is ${figure(largest)}${labels}`;
}

function figure(value: number): string {
  return value === 0 ? '0' : value.toPrecision(2);
}

function differs(to: ExportFormat, { rows, largest, wrongLabels }: Difference) {
  return failure(
    `the ${to} export predicts differently from lockstep: by up to ${figure(largest)}, with ${counted(wrongLabels, 'other label')}, on ${counted(rows, 'row')}. It was not written.`,
    'Export it in another format, and report this with the model.',
  );
}
