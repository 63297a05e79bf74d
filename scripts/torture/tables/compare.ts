/** Compares what was read with what was written: rows, columns, each cell, and the required notes. */
import { compareFeatureCell, compareTargetCell, isKept } from './cells.js';
import type { WrittenColumn, WrittenTable } from './manifest.js';
import { mayBeMissing } from './meaning.js';
import { type Problem, show, unsaid, wrong } from './problem.js';
import type { ReadFeature, ReadTable } from './read.js';
import { isLeftOut, isSaid, unsaidOf } from './said.js';

/**
 * All problems of a table, and the number of compared cells. Only the first problem of a column is reported.
 */
export function compare(table: WrittenTable, read: ReadTable): { problems: Problem[]; cells: number } {
  const rows = compareRows(table, read);
  if (rows !== null) return { problems: [rows], cells: 0 };
  const features = table.columns.filter(column => !column.isTarget);
  const targets = table.columns.filter(column => column.isTarget);
  // If two columns have the target's name, it is ambiguous which one is meant.
  const twice = targets.find(column => column.isDuplicate);
  if (twice) {
    const problem = unsaid('name twice', twice, 'is the target and there twice, without a word');
    return { problems: isSaid(read, twice) ? [] : [problem], cells: 0 };
  }
  const { pairs, problems } = matchNames(features, read);
  for (const [column, feature] of pairs) problems.push(...compareFeature(table, read, column, feature));
  for (const column of targets) problems.push(...compareTarget(table, read, column));
  return { problems, cells: read.rows * (pairs.length + targets.length) };
}

/** Rows keep their order; only rows with a missing cell may be dropped, if that was requested or is noted. */
function compareRows({ rows, options, columns }: WrittenTable, read: ReadTable): Problem | null {
  const numbers = Array.from({ length: read.rows }, (_, i) => read.rowNumber(i));
  const problem = (detail: string): Problem => ({ grade: 'wrong', kind: 'rows', detail });
  if (numbers.some((number, i) => number < 0 || number >= rows || number <= (numbers[i - 1] ?? -1))) {
    return problem(`${rows} rows written, ${read.rows} read, the last of them row ${numbers.at(-1)}`);
  }
  const kept = new Set(numbers);
  for (let row = 0; row < rows; row++) {
    if (kept.has(row)) continue;
    const holes = columns.filter(column => mayBeMissing(column.cells[row]!));
    const mayDrop =
      options.missing === 'drop' || (holes.some(hole => hole.isTarget) && read.notes.length > 0);
    if (holes.length === 0 || !mayDrop)
      return problem(`row ${row} is gone: ${rows} written, ${read.rows} read`);
  }
  return null;
}

/** Pairs written features with the columns read for them: by name, otherwise by order. */
function matchNames(features: WrittenColumn[], read: ReadTable) {
  const problems: Problem[] = [];
  const pairs: [WrittenColumn, ReadFeature][] = [];
  const named = (name: string) => (column: { name: string }) => column.name.normalize() === name.normalize();
  const others = read.features.filter(feature => features.filter(named(feature.name)).length !== 1);
  for (const column of features) {
    const alike = read.features.filter(named(column.name));
    const same = features.filter(named(column.name)).length === 1 ? alike[0] : undefined;
    // A column that was left out with a note is not replaced by another.
    if (same === undefined && isLeftOut(read, column)) continue;
    const feature = same ?? others.shift();
    if (feature === undefined) {
      if (!isSaid(read, column)) problems.push(wrong('column lost', column, 'is not among what was read'));
      continue;
    }
    pairs.push([column, feature]);
    if (feature.name.normalize() !== column.name.normalize() && !isSaid(read, feature)) {
      problems.push(unsaid('renamed', column, `is called ${show(feature.name)} without a word`));
    } else if (column.isDuplicate && !isSaid(read, column)) {
      problems.push(unsaid('name twice', column, 'is there twice, without a word'));
    }
  }
  problems.push(...others.map(feature => wrong('column added', feature, 'was never written')));
  return { problems, pairs };
}

function compareFeature(
  table: WrittenTable,
  read: ReadTable,
  column: WrittenColumn,
  feature: ReadFeature,
): Problem[] {
  const unsaid = unsaidOf(table, read, column, read.rows > 0 && 'number' in feature.cell(0));
  for (let i = 0; i < read.rows; i++) {
    const row = read.rowNumber(i);
    const found = compareFeatureCell(table, column, row, feature.cell(i), feature);
    if (found) return [wrong(found.kind, column, `row ${row}: ${found.detail}`), ...unsaid];
  }
  return unsaid;
}

function compareTarget({ options }: WrittenTable, read: ReadTable, column: WrittenColumn): Problem[] {
  const target = read.targets[options.target.indexOf(column.name)];
  if (target === undefined) return [wrong('column lost', column, 'is not among the targets')];
  for (let i = 0; i < read.rows; i++) {
    const row = read.rowNumber(i);
    const found = compareTargetCell(column, row, target.cell(i));
    if (found) return [wrong(found.kind, column, `row ${row}: ${found.detail}`)];
  }
  return [];
}

/** Compares columns that were kept unchanged. */
export function compareKept(table: WrittenTable, read: ReadTable): Problem[] {
  return read.kept.flatMap(kept => {
    const column = table.columns.find(({ name }) => name === kept.name)!;
    const texts = kept.values.map(got => (kept.isJson && got?.startsWith('"') ? JSON.parse(got) : got));
    return compareTexts(column, texts, i => read.rowNumber(i));
  });
}

/**
 * Compares the rows of a file that the command line wrote; if some were left out, source_row contains the
 * number of each.
 *
 * @param nameOf name of a column in that file
 */
export function compareWritten(
  { columns, rows }: WrittenTable,
  lines: Record<string, string>[],
  nameOf: (name: string) => string,
): Problem[] {
  const numberOf = (i: number) => Number(lines[i]!.source_row ?? i + 1) - 1;
  if (lines.length !== rows && lines[0]?.source_row === undefined) {
    return [{ grade: 'wrong', kind: 'rows', detail: `${rows} rows written, ${lines.length} predicted` }];
  }
  return columns.flatMap(column => {
    const texts = lines.map(line => line[nameOf(column.name)] ?? null);
    return compareTexts(column, texts, numberOf);
  });
}

function compareTexts(
  column: WrittenColumn,
  texts: readonly (string | null)[],
  numberOf: (i: number) => number,
): Problem[] {
  const at = texts.findIndex((text, i) => !isKept(column, numberOf(i), text));
  if (at < 0) return [];
  const detail = `row ${numberOf(at)}: ${show(column.cells[numberOf(at)]!)} kept as ${show(texts[at]!)}`;
  return [wrong('kept cell differs', column, detail)];
}
