/** lockstep predict MODEL DATA: what a model makes of data, whose targets nobody need know. */
import { createReadStream, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Dataset, Encoding } from '../data/dataset.js';
import { checkOutput, columnOf, type OutputColumn, writeTable } from '../data/write-table.js';
import { usageError } from '../errors.js';
import { classesOf } from '../report/confusion.js';
import { formatCount } from '../report/format.js';
import { evaluate } from '../train/evaluate.js';
import type { Call } from './call.js';
import { checkLayer, evaluateLayer, layerColumns } from './layer.js';
import { loadFor, openModel } from './model.js';
import { print, printJson, printNotice } from './print.js';
import { unlessAborted } from './signals.js';

export async function run({ operands, settings, signal }: Call): Promise<number> {
  if (settings.json && settings.out === null) {
    throw usageError('--json: expected it beside --out, got it alone.', 'Try --out predictions.csv --json.');
  }
  return unlessAborted(predict(operands[0]!, operands[1]!, settings), signal);
}

async function predict(model: string, source: string, settings: Call['settings']): Promise<number> {
  const { workers, shards, backend, blas, reduction, out, json, layer } = settings;
  if (out !== null) await checkOutput(out);
  const opened = await openModel(model);
  const upTo = layer === null ? null : checkLayer(layer, opened.network, model);
  const data = await loadFor(opened, source, settings, false);
  const machine = { workers, shards, backend, blas, reduction };
  const { predictions, seconds, notice } = await (upTo === null
    ? evaluate(opened.network, opened.weights, withoutTargets(data), machine)
    : evaluateLayer(opened, upTo, data, machine));
  printNotice(notice);
  const columns = [
    ...rowColumn(data),
    ...(upTo === null
      ? columnsOf(data, predictions)
      : layerColumns(upTo, predictions, opened.network.layers[upTo]!)),
  ];
  if (out === null) {
    await printTable(columns);
    return 0;
  }
  await writeTable(out, columns);
  if (json) printJson({ out, rows: data.rows, columns: columns.map(({ name }) => name), seconds });
  else {
    const which = data.rowNumbers ? ', without those of missing cells: source_row has the numbers' : '';
    print(`${formatCount(data.rows)} rows of ${data.source} → ${out}${which}`);
  }
  return 0;
}

/** Nobody need know what is to be predicted, not even where it is what is predicted from. */
function withoutTargets(data: Dataset): Dataset {
  return { ...data, encoding: { ...data.encoding, targetIsInput: false } };
}

/** Which rows they are, where some may have been left out. */
function rowColumn({ rowNumbers }: Dataset): OutputColumn[] {
  return rowNumbers ? [{ name: 'source_row', values: rowNumbers }] : [];
}

/**
 * Classes: their names and the probability of each. Regression: the targets, in their own units. Labels: each as two
 * classes.
 */
function columnsOf({ task, outputs, encoding }: Dataset, predictions: Float32Array): OutputColumn[] {
  if (task === 'regression') {
    return encoding.targets.map((name, k) => ({ name, values: columnOf(predictions, k, outputs) }));
  }
  if (task === 'multilabel') return labelColumns(encoding, predictions);
  const { classes } = encoding;
  const named = Array.from(classesOf(predictions, outputs), k => classes[k]!);
  const probabilities =
    task === 'binary'
      ? [predictions.map(p => 1 - p), predictions]
      : classes.map((_, k) => columnOf(predictions, k, outputs));
  return [
    { name: 'prediction', values: named },
    ...classes.map((name, k) => ({ name: `probability_${name}`, values: probabilities[k]! })),
  ];
}

/** Of each label the class, and the probability of the second of its two. */
function labelColumns({ targets, labelClasses }: Encoding, predictions: Float32Array): OutputColumn[] {
  return targets.flatMap((name, k) => {
    const probabilities = columnOf(predictions, k, targets.length);
    const named = Array.from(classesOf(probabilities, 1), label => labelClasses![k]![label]!);
    return [
      { name: `prediction_${name}`, values: named },
      { name: `probability_${name}`, values: probabilities },
    ];
  });
}

/** Prints a table as CSV, by the same writer as files. */
async function printTable(columns: OutputColumn[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-'));
  // A signal ends the process at once.
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const path = join(folder, 'predictions.csv');
    await writeTable(path, columns);
    await pipeline(createReadStream(path), process.stdout, { end: false });
  } finally {
    remove();
    process.off('exit', remove);
  }
}
