/** Holds what was read against what was written, cell by cell. Each difference is a problem with a kind. */
import type { WrittenColumn, WrittenTable } from './manifest.js';
import { isNumberColumn, isPlainNumber, isSameNumber, mayBeMissing, numbersOf } from './meaning.js';
import type { ReadCell, ReadFeature, ReadTable, ReadTarget } from './read.js';

export interface Problem {
  /** `wrong`: a value, row or column is not what was written. `unsaid`: it is, but something was done without a word. */
  grade: 'wrong' | 'unsaid';
  kind: string;
  detail: string;
}

/** Problems of one column that are told: the first says enough. */
const TOLD = 1;

/** All problems of a table, and how many cells were held against what was written. */
export function compare(table: WrittenTable, read: ReadTable): { problems: Problem[]; cells: number } {
  const problems: Problem[] = [...compareRows(table, read)];
  if (problems.length > 0) return { problems, cells: 0 };
  const features = table.columns.filter(column => !column.isTarget);
  const targets = table.columns.filter(column => column.isTarget);
  // Which of two columns with the target's name is meant, nobody can tell.
  const twice = targets.find(column => column.isDuplicate);
  if (twice) {
    const problem = unsaid('name twice', twice, 'is the target and there twice, without a word');
    return { problems: isSaid(read, twice) ? [] : [problem], cells: 0 };
  }
  const matched = matchNames(features, read);
  problems.push(...matched.problems);
  for (const [column, feature] of matched.pairs)
    problems.push(...compareFeature(table, read, column, feature));
  for (const column of targets) problems.push(...compareTarget(table, read, column));
  return { problems, cells: read.rows * (matched.pairs.length + targets.length) };
}

/** Rows keep their order; only rows with a missing cell may be dropped, if that was asked for. */
function compareRows({ rows, options, columns }: WrittenTable, read: ReadTable): Problem[] {
  const numbers = Array.from({ length: read.rows }, (_, i) => read.rowNumber(i));
  const wrong = (detail: string): Problem[] => [{ grade: 'wrong', kind: 'rows', detail }];
  if (numbers.some((number, i) => number < 0 || number >= rows || number <= (numbers[i - 1] ?? -1))) {
    return wrong(`${rows} rows written, ${read.rows} read, the last of them row ${numbers.at(-1)}`);
  }
  const kept = new Set(numbers);
  for (let row = 0; row < rows; row++) {
    if (kept.has(row)) continue;
    const holes = columns.filter(column => mayBeMissing(column.cells[row]!));
    const isSaid = options.missing === 'drop' || (holes.some(hole => hole.isTarget) && read.notes.length > 0);
    if (holes.length === 0 || !isSaid) return wrong(`row ${row} is gone: ${rows} written, ${read.rows} read`);
  }
  return [];
}

/** Written features with the columns read for them: by name, else by their order. */
function matchNames(features: WrittenColumn[], read: ReadTable) {
  const problems: Problem[] = [];
  const pairs: [WrittenColumn, ReadFeature][] = [];
  const named = (name: string) => (column: { name: string }) => column.name.normalize() === name.normalize();
  const others = read.features.filter(feature => features.filter(named(feature.name)).length !== 1);
  for (const column of features) {
    const same = column.isDuplicate ? undefined : read.features.find(named(column.name));
    const feature = same ?? others.shift();
    if (feature === undefined) {
      if (!isSaid(read, column)) problems.push(wrong('column lost', column, 'is not among what was read'));
      continue;
    }
    pairs.push([column, feature]);
    if (feature.name.normalize() !== column.name.normalize() && !isSaid(read, { name: feature.name })) {
      problems.push(unsaid('renamed', column, `is called ${JSON.stringify(feature.name)} without a word`));
    } else if (column.isDuplicate && read.notes.length === 0) {
      problems.push(unsaid('name twice', column, 'is there twice, without a word'));
    }
  }
  for (const feature of others) problems.push(wrong('column added', feature, 'was never written'));
  return { problems, pairs };
}

function compareFeature(
  table: WrittenTable,
  read: ReadTable,
  column: WrittenColumn,
  feature: ReadFeature,
): Problem[] {
  const problems: Problem[] = [];
  let isNumber = false;
  for (let i = 0; i < read.rows && problems.length < TOLD; i++) {
    const row = read.rowNumber(i);
    const cell = feature.cell(i);
    isNumber = 'number' in cell;
    const problem = compareCell(table, column, row, cell, feature.fill);
    if (problem) problems.push(wrong(problem.kind, column, `row ${row}: ${problem.detail}`));
  }
  return [...problems, ...unsaidOf(table, read, column, isNumber)];
}

function compareCell(
  { options }: WrittenTable,
  column: WrittenColumn,
  row: number,
  cell: ReadCell,
  fill: number | null,
): { kind: string; detail: string } | null {
  const text = column.cells[row]!;
  const isFilled = options.missing === 'mean' || options.missing === 'zero';
  if ('category' in cell) {
    if (text !== null && cell.category === text) return null;
    if (text !== null && 'nbd'.includes(column.kinds[row]!) && isSameValue(cell.category, text)) return null;
    const isOwn = !column.cells.includes(cell.category);
    if (mayBeMissing(text) && isFilled && isOwn) return null;
    return { kind: 'category differs', detail: `${show(text)} read as the category ${show(cell.category)}` };
  }
  const numbers = numbersOf(column, row);
  if (numbers.some(number => Object.is(Math.fround(number) + 0, cell.number + 0))) return null;
  const detail = `${show(text)} read as the number ${cell.number}`;
  if (mayBeMissing(text)) {
    const isHole = isFilled && fill !== null && Math.fround(fill) === cell.number;
    return isHole ? null : { kind: 'missing cell read', detail };
  }
  return { kind: numbers.length === 0 ? 'text read as a number' : 'number differs', detail };
}

/** What was done to a column, and should have been said. */
function unsaidOf(
  { twists }: WrittenTable,
  read: ReadTable,
  column: WrittenColumn,
  isNumber: boolean,
): Problem[] {
  if (isSaid(read, column)) return [];
  const problems: Problem[] = [];
  const present = column.cells.filter(text => !mayBeMissing(text));
  const hasMarks = column.cells.some(text => text?.trim() && mayBeMissing(text));
  const isOtherwise =
    hasMarks || (column.numbers?.some((_, row) => !isPlainNumber(column.cells[row] ?? '0')) ?? false);
  if (!isNumber && isOtherwise && present.length > 0 && isNumberColumn(column)) {
    problems.push(
      unsaid('numbers as a category', column, `${show(present[0]!)} and so on is a category, without a word`),
    );
  }
  if (isNumber && hasMarks)
    problems.push(unsaid('marks', column, 'has cells taken for missing, without a word'));
  if (column.family === 'index') problems.push(unsaid('index', column, 'is learnt from without a word'));
  else if (new Set(column.cells).size === 1 && twists.length > 0 && read.rows > 1) {
    problems.push(unsaid('constant', column, `is always ${show(column.cells[0]!)}, without a word`));
  }
  return problems;
}

function compareTarget({ options }: WrittenTable, read: ReadTable, column: WrittenColumn): Problem[] {
  const place = options.target.indexOf(column.name);
  const target = read.targets[place];
  if (target === undefined) return [wrong('column lost', column, 'is not among the targets')];
  for (let i = 0; i < read.rows; i++) {
    const row = read.rowNumber(i);
    const detail = compareTargetCell(target, column, row, i);
    if (detail === null) continue;
    const kind = 'name' in target.cell(i) ? 'class differs' : 'target differs';
    return [wrong(kind, column, `row ${row}: ${detail}`)];
  }
  return [];
}

function compareTargetCell(target: ReadTarget, column: WrittenColumn, row: number, i: number): string | null {
  const text = column.cells[row]!;
  const cell = target.cell(i);
  if ('name' in cell) {
    if (cell.name === text) return null;
    if (text !== null && 'nbd'.includes(column.kinds[row]!) && isSameValue(cell.name, text)) return null;
    return `${show(text)} read as the class ${show(cell.name)}`;
  }
  const exact = cell.exact ? (value: number) => value : Math.fround;
  if (numbersOf(column, row).some(number => exact(number) + 0 === cell.value + 0)) return null;
  return `${show(text)} read as ${cell.value}`;
}

/** Of cells that are no texts in the file: how they are spelled is the reader's. */
function isSameValue(name: string, text: string): boolean {
  return name.toLowerCase() === text || isSameNumber(name, text);
}

/** Fractions that are the same float32 or float64: fewer digits tell which it is. Whole numbers keep each digit. */
function isSameFloat(name: string, text: string): boolean {
  const [a, b] = [Number(name), Number(text)];
  if (!isPlainNumber(name) || (Number.isInteger(b) && !Number.isSafeInteger(b))) return false;
  return a === b || (Math.fround(b) === b && Math.fround(a) === b);
}

/** Columns kept as they are. */
export function compareKept(table: WrittenTable, read: ReadTable): Problem[] {
  return read.kept.flatMap(kept => {
    const column = table.columns.find(({ name }) => name === kept.name)!;
    for (let i = 0; i < read.rows; i++) {
      const row = read.rowNumber(i);
      const [text, got] = [column.cells[row]!, kept.values[i]!];
      const shown = kept.isJson && got?.startsWith('"') ? JSON.parse(got) : got;
      const isSame = shown === text || ((shown ?? '') === '' && (text ?? '') === '');
      const isTyped = text !== null && shown !== null && 'nbd'.includes(column.kinds[row]!);
      const isEqual = isTyped && (isSameValue(shown, text) || isSameFloat(shown, text));
      if (isSame || isEqual) continue;
      return [wrong('kept cell differs', column, `row ${row}: ${show(text)} kept as ${show(shown)}`)];
    }
    return [];
  });
}

function isSaid({ notes }: ReadTable, { name }: { name: string }): boolean {
  return notes.some(note => note.includes(name === '' ? 'column' : name));
}

function wrong(kind: string, column: { name: string }, detail: string): Problem {
  return { grade: 'wrong', kind, detail: `column ${show(column.name)} ${detail}` };
}

function unsaid(kind: string, column: { name: string }, detail: string): Problem {
  return { ...wrong(kind, column, detail), grade: 'unsaid' };
}

function show(text: string | null): string {
  return text === null ? 'an empty cell' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
