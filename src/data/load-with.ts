/** Loads other data for a trained network, encoded as in training. */
import { usageError } from '../errors.js';
import { writeProperties } from '../option-names.js';
import { checkDataOptions } from './check-options.js';
import type { Dataset, Encoding, Task } from './dataset.js';
import { findImages } from './images/find.js';
import { loadImagesWith } from './images/load.js';
import { type LoadWithOptions, refuseTableOptions, WITH_DEFAULTS } from './load-options.js';
import { toReconstruct } from './reconstruction.js';
import { noted } from './source-notes.js';
import { type Opened, withSource } from './spool/open.js';
import { makeSynthetic, parseSynthetic } from './synthetic.js';
import { loadTableWith } from './table/load-with.js';

/** Loads other data for a trained network, encoded as in training. @throws failed, usage */
export async function loadWith(
  source: string,
  encoding: Encoding,
  task: Task,
  options: LoadWithOptions,
): Promise<Dataset> {
  const { format = null } = options;
  const wanted = encoding.columns.map(column => column.name);
  return withSource(source, { format, wanted }, async opened =>
    noted(opened, writeProperties)(await loadOpenedWith(opened, encoding, task, options)),
  );
}

/** As `loadWith`, from a source that is open. */
export async function loadOpenedWith(
  opened: Opened,
  encoding: Encoding,
  task: Task,
  options: LoadWithOptions,
): Promise<Dataset> {
  checkDataOptions(options);
  const { kind, source } = opened;
  if ((kind === 'table' || kind === 'synthetic') && encoding.kind !== 'table') {
    throw usageError(`${source}: the model was trained on images, and this is a table.`, 'Give IDX files.');
  }
  if (kind === 'table') {
    return await loadTableWith(opened, encoding, { ...WITH_DEFAULTS, ...options, task });
  }
  refuseTableOptions(source, options);
  if (kind === 'synthetic') return loadSyntheticWith(source, encoding, task, options);
  const { train, test } = await findImages(opened);
  const pair = (options.validationPart ?? true) ? (test ?? train) : train;
  const { requireTargets, width, isForBlocks = false } = options;
  return await loadImagesWith(pair, source, encoding, { task, requireTargets, width, isForBlocks });
}

function loadSyntheticWith(
  source: string,
  encoding: Encoding,
  task: Task,
  { seed = 0, isForBlocks }: LoadWithOptions,
): Dataset {
  const shape = parseSynthetic(source);
  const classes = Math.max(1, encoding.classes.length);
  const width = encoding.columns.length;
  const isOther = shape.classes !== classes && !encoding.targetIsInput;
  if (shape.features !== width || isOther) {
    const expected = `${width} features and ${classes === 1 ? 'one class' : `${classes} classes`}`;
    throw usageError(
      `${source}: expected ${expected}, as in training.`,
      `Try synthetic:${shape.rows}x${width}x${classes}.`,
    );
  }
  const data = { ...makeSynthetic(source, shape, seed, isForBlocks), task, encoding };
  return encoding.targetIsInput ? toReconstruct(data) : data;
}
