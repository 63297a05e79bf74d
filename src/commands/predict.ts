/** lockstep predict MODEL DATA: predicts the targets of data. */
import type { Settings } from '../config/options.js';
import type { Dataset } from '../data/dataset.js';
import { filesOf } from '../data/source-files.js';
import { type AddRows, checkOutput, type OutputColumn, printTable, writeTable } from '../data/write-table.js';
import { firstLayers } from '../model/network.js';
import { counted } from '../report/format.js';
import { Predictor } from '../train/jobs/predictor.js';
import type { Call } from './line/call.js';
import { tellCrowding, tellRenamed } from './line/messages.js';
import { print, printJson, say } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { asLayer, checkLayer } from './run/layer.js';
import { findModel, loadBlocksFor, openModel } from './run/model.js';
import { placeOf } from './run/output-file.js';
import { checkKept, layerColumns, predictedColumns } from './run/predictions.js';
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
  const upTo = layer === null ? null : checkLayer(layer, opened, model);
  const made = upTo === null ? predictedColumns(opened) : layerColumns(upTo, opened.network.layers[upTo]!);
  checkKept(keep, [...made.map(({ name }) => name), ...(dropIncomplete ? [ROW_NUMBERS] : [])]);
  const machine = pick(settings, 'workers', 'shards', 'backend', 'blas', 'reduction');
  const { network, weights } = upTo === null ? opened : firstLayers(opened.network, opened.weights, upTo);
  const predictor = new Predictor(network, weights, machine);
  let rows = 0;
  let last: Dataset | null = null;
  let written: OutputColumn[] = [];
  const predictAll = (add: AddRows) =>
    loadBlocksFor(opened, source, settings, { requireTargets: false, keep }, async block => {
      if (rows === 0) tellCrowding(settings);
      const shown = upTo === null ? withoutTargets(block) : asLayer(block, network);
      const { predictions } = await predictor.predict(shown);
      if (rows === 0) say(predictor.backend!.notice);
      rows += block.rows;
      last = block;
      const { rowNumbers, kept = [] } = block;
      written = [
        ...(rowNumbers ? [{ name: ROW_NUMBERS, values: rowNumbers }] : []),
        ...kept,
        ...made.map(({ name, of }) => ({ name, values: of(predictions) })),
      ];
      await add(written);
    });
  try {
    const names = await (place === null
      ? printTable(json ? 'json' : 'csv', writeOut, predictAll)
      : writeTable(place, predictAll));
    tellRenamed(
      written.map(({ name }) => name),
      names,
    );
    if (place === null) return 0;
    if (json) printJson({ out, rows, columns: names, seconds: predictor.seconds });
    else {
      const { source: read, rowNumbers } = last!;
      const which = rowNumbers
        ? `, without rows that have missing values (${ROW_NUMBERS} has the row numbers)`
        : '';
      print(`${counted(rows, 'row')} of ${read} → ${out}${which}`);
    }
    return 0;
  } finally {
    await predictor.close();
  }
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

/** Writes to stdout, and waits until it takes more. @throws the error of stdout, such as EPIPE if nobody reads it any longer */
function writeOut(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, error => (error ? reject(error) : resolve()));
  });
}
