/** lockstep predict MODEL DATA: predicts the targets of data. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Settings } from '../config/options.js';
import type { Dataset } from '../data/dataset.js';
import { filesOf } from '../data/source-files.js';
import { checkOutput, type OutputColumn, writeTable } from '../data/write-table.js';
import { counted } from '../report/format.js';
import { evaluate } from '../train/jobs/evaluate.js';
import type { Call } from './line/call.js';
import { tellCrowding, tellRenamed } from './line/messages.js';
import { print, printJson, say } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { checkLayer, evaluateLayer } from './run/layer.js';
import { findModel, loadFor, openModel } from './run/model.js';
import { placeOf } from './run/output-file.js';
import { checkKept, layerColumns, predictedColumns } from './run/predictions.js';
import { inTemporaryFolder } from './run/temporary-folder.js';
import { pick } from './settings/pick.js';

/** The column that numbers the rows, if some may have been left out. */
const ROW_NUMBERS = 'source_row';

export async function run({ operands, settings, signal }: Call): Promise<number> {
  return unlessAborted(predict(operands[0]!, operands[1]!, settings), signal);
}

async function predict(model: string, source: string, settings: Call['settings']): Promise<number> {
  const { out, json, layer, dropIncomplete } = settings;
  const keep = settings.keep ?? [];
  const place = out === null ? null : await checkPlace(out, { model, source, ...settings });
  const opened = await openModel(model);
  const upTo = layer === null ? null : checkLayer(layer, opened.network, model);
  const made = upTo === null ? predictedColumns(opened) : layerColumns(upTo, opened.network.layers[upTo]!);
  checkKept(keep, [...made.map(({ name }) => name), ...(dropIncomplete ? [ROW_NUMBERS] : [])]);
  const data = await loadFor(opened, source, settings, { requireTargets: false, keep });
  const machine = pick(settings, 'workers', 'shards', 'backend', 'blas', 'reduction');
  tellCrowding(settings);
  const { predictions, seconds, notice } = await (upTo === null
    ? evaluate(opened.network, opened.weights, withoutTargets(data), machine)
    : evaluateLayer(opened, upTo, data, machine));
  say(notice);
  const { rowNumbers, kept = [] } = data;
  const columns: OutputColumn[] = [
    ...(rowNumbers ? [{ name: ROW_NUMBERS, values: rowNumbers }] : []),
    ...kept,
    ...made.map(({ name, of }) => ({ name, values: of(predictions) })),
  ];
  const names = await (place === null
    ? printTable(columns, json ? 'json' : 'csv')
    : writeTable(place, columns));
  tellRenamed(
    columns.map(({ name }) => name),
    names,
  );
  if (place === null) return 0;
  if (json) printJson({ out, rows: data.rows, columns: names, seconds });
  else {
    const which = rowNumbers
      ? `, without rows that have missing values (${ROW_NUMBERS} has the row numbers)`
      : '';
    print(`${counted(data.rows, 'row')} of ${data.source} → ${out}${which}`);
  }
  return 0;
}

/** The file to write to, which must not be the model or DATA. @throws failed, usage if it cannot be written */
async function checkPlace(
  out: string,
  { model, source, force }: { model: string; source: string } & Pick<Settings, 'force'>,
): Promise<string> {
  await checkOutput(out);
  const inputs = [
    { name: 'DATA', paths: await filesOf(source) },
    { name: 'the model', paths: [await findModel(model)] },
  ];
  return placeOf({ out, force, inputs });
}

/** Drops the targets, which need not be known, not even if they are the inputs. */
function withoutTargets(data: Dataset): Dataset {
  return { ...data, encoding: { ...data.encoding, targetIsInput: false } };
}

/** Prints a table as CSV or JSON, exactly as a file would have it. Returns the names of its columns. */
async function printTable(columns: OutputColumn[], format: 'csv' | 'json'): Promise<string[]> {
  return inTemporaryFolder(async folder => {
    const path = join(folder, `predictions.${format}`);
    const names = await writeTable(path, columns);
    await pipeline(createReadStream(path), process.stdout, { end: false });
    return names;
  });
}
