/**
 * Describes everything done to a table that the user did not request, one line each: columns left out, texts
 * read as missing, rounded numbers, constant columns.
 */

import { option, options } from '../../option-names.js';
import type { ColumnEncoding, Encoding } from '../dataset.js';
import type { Prepared } from './assemble.js';
import { type Choice, list } from './choose.js';
import type { Column, Table } from './column.js';
import { isRounded, SAFE } from './lists.js';
import { isLikelyMark, isMissingText } from './number-text.js';
import type { TableOptions } from './options.js';
import type { TableSource } from './source.js';

/** What was read, and how. */
export interface Read {
  source: TableSource;
  choice: Choice;
  table: Table;
}

interface NotedTable extends Read {
  encoding: Encoding;
  options: TableOptions;
  prepared: Prepared;
}

/** The notes in column order. */
export function noteTable({ source, choice, table, encoding, options, prepared }: NotedTable): string[] {
  const features = table.columns.slice(-choice.features.length);
  return [
    ...choice.left.map(
      ({ name, reason }) => `left out "${name}": ${reason} (name it in ${option('features')} to use it)`,
    ),
    ...source.columns.flatMap(({ name, mixed }) =>
      mixed !== null && choice.features.concat(choice.targets).includes(name)
        ? [`"${name}" is read as text: it holds ${mixed}`]
        : [],
    ),
    ...noteUnnamed(source, choice),
    ...noteConstant(encoding),
    ...table.columns.flatMap(column => (isHashed(column, encoding) ? [] : noteCells(column, options))),
    ...table.columns.flatMap(column => (isNumberOf(column, encoding) ? noteRounded(column) : [])),
    ...noteClasses(encoding),
    ...noteIdentifiers(features, table.rows),
    ...noteBlanks(encoding),
    ...noteRows(table.rows, prepared.rows.count),
  ];
}

function noteConstant({ columns }: Encoding): string[] {
  const names = columns.filter(isConstant).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `${list(names.map(name => `"${name}"`))} ${names.length === 1 ? 'has no effect, because it' : 'have no effect, because each'} holds the same value in all training rows`,
  ];
}

function isConstant(column: ColumnEncoding): boolean {
  if (column.kind === 'category') return column.values.filter(value => value !== '').length === 1;
  return column.kind === 'number' && column.constant === true;
}

/** Columns without a name in a file with a header. */
function noteUnnamed({ columns }: TableSource, { features, targets }: Choice): string[] {
  const names = columns.filter(({ name, unnamed }) => unnamed && [...features, ...targets].includes(name));
  if (names.length === 0 || columns.every(({ unnamed }) => unnamed)) return [];
  return [`columns without a name are called by their places: ${list(names.map(({ name }) => name))}`];
}

/** Texts that were read as missing cells. */
function noteCells(column: Column, { missing }: TableOptions): string[] {
  const { texts, counts } = column.kind === 'text' ? column : column.odd;
  const marks = texts.flatMap((text, i) =>
    text.trim() !== '' && isMissingText(text, column.writing) ? [`"${text.trim()}" (${counts[i]})`] : [],
  );
  const isSaid = marks.length > 0 && (missing !== 'error' || column.kind === 'number');
  return isSaid ? [`"${column.name}": taken for missing: ${list(marks)}`] : [];
}

/** In a hashed column, NA and other marks count as texts. */
function isHashed({ name }: Column, { columns }: Encoding): boolean {
  return columns.some(column => column.kind === 'hashed' && column.name === name);
}

/** Whether the column is used as numbers, as a feature or a target. */
function isNumberOf({ name }: Column, { columns, targets, classes, labelClasses }: Encoding): boolean {
  if (targets.includes(name)) return classes.length === 0 && !labelClasses;
  return columns.some(column => column.kind === 'number' && !column.from && column.name === name);
}

/** Numbers that float64 cannot represent exactly. */
function noteRounded(column: Column): string[] {
  const { name } = column;
  const beyond = `"${name}": whole numbers beyond 2^53 are rounded to float64`;
  const apart = `${option('categorical', [name])} keeps them apart`;
  if (column.kind === 'text') {
    const code = column.texts.findIndex(text => isRounded(text, Number(text)));
    return code < 0 ? [] : [`${beyond}, first in row ${column.firstRows[code]! + 1}; ${apart}`];
  }
  const { firstRounded, isWhole, least, greatest } = column.summary;
  if (firstRounded >= 0) return [`${beyond}, first in row ${firstRounded + 1}; ${apart}`];
  return isWhole && Math.max(-least, greatest) >= SAFE ? [`${beyond}; ${apart}`] : [];
}

/** Classes that may be meant as missing targets. */
function noteClasses({ classes }: Encoding): string[] {
  // Two classes may well be + and -.
  const likely = classes.length < 3 ? [] : classes.filter(isLikelyMark);
  const marks = classes.filter(name => isMissingText(name) || likely.includes(name));
  if (marks.length === 0) return [];
  const dropping = options({ missingTarget: 'drop', ...(likely.length > 0 && { naValues: likely }) });
  return [
    `classes that may stand for missing targets: ${list(marks.map(name => JSON.stringify(name)))} (${dropping} leaves their rows out)`,
  ];
}

/** Integers that rarely repeat. */
function noteIdentifiers(columns: readonly Column[], rows: number): string[] {
  const names = columns.filter(column => rows >= 20 && isIdentifier(column, rows)).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `whole numbers, different in nearly every row, perhaps identifiers: ${list(names)} (${option('ignore')} leaves them out)`,
  ];
}

function isIdentifier(column: Column, rows: number): boolean {
  if (column.kind === 'number') {
    const { least, greatest, isWhole, sampled, distinct } = column.summary;
    return isWhole && greatest - least >= rows - 1 && distinct >= 0.99 * sampled;
  }
  const areWhole = column.texts.every(text => /^\s*[+-]?\d+\s*$/.test(text));
  return areWhole && column.texts.length >= 0.99 * rows;
}

/** Names that differ only in blanks look the same. */
function noteBlanks({ classes }: Encoding): string[] {
  if (classes.every(name => name === name.trim())) return [];
  return [
    `classes with blanks around them are kept apart: ${list(classes.map(name => JSON.stringify(name)))}`,
  ];
}

function noteRows(all: number, used: number): string[] {
  const left = all - used;
  return left === 0
    ? []
    : [`left out ${left.toLocaleString('en')} of ${all.toLocaleString('en')} rows, because of missing cells`];
}
