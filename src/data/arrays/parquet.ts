/**
 * Writes a typed table to temporary Parquet files, so that queries, column names and kept columns work as for
 * any other Parquet file. Types and values are preserved.
 */
import { createRequire } from 'node:module';
import type { DuckDBAppender, DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import { failure } from '../../errors.js';
import type { Scratch } from '../spool/scratch.js';
import { withDuckDB } from '../table/duckdb.js';
import { findTwins, quoteName, quoteText } from '../table/sql.js';
import { CELL_BYTES, type TypedBatch, type TypedCells, type TypedColumn, type TypedTable } from './typed.js';

const require = createRequire(import.meta.url);
const bindings = () => require('@duckdb/node-bindings') as typeof import('@duckdb/node-bindings');

/** Rows in one of DuckDB's vectors. */
const CHUNK_ROWS = 2048;

/** Approximate size of a file's rows, which limits the memory used in addition to the table. */
const FILE_BYTES = 128 * 2 ** 20;

/**
 * Paths of the files in row order.
 * @throws failed if there are no columns, two columns have the same name, or the disk is full
 */
export async function writeParquet(table: TypedTable, scratch: Scratch, name: string): Promise<string[]> {
  if (table.columns.length === 0) throw failure(`${name} holds no columns that can be read.`, table.notes[0]);
  const twins = findTwins(table.columns.map(column => column.name));
  if (twins !== null) {
    throw failure(
      `${name} holds two columns whose names are equal or differ only in case: "${twins[0]}" and "${twins[1]}".`,
      'Rename one where the file is made.',
    );
  }
  const { DECIMAL, ...types } = await import('@duckdb/node-api');
  const columnTypes = table.columns.map(({ type, scale = 0 }) =>
    type === 'DECIMAL' ? DECIMAL(38, scale) : (types[type] as DuckDBType),
  );
  return withDuckDB(async connection => {
    const writer = new Writer({ connection, columns: table.columns, types: columnTypes, scratch, name });
    for (const batch of table.batches) await writer.add(batch);
    return writer.finish();
  });
}

interface Target {
  connection: DuckDBConnection;
  columns: readonly TypedColumn[];
  types: readonly DuckDBType[];
  scratch: Scratch;
  name: string;
}

class Writer {
  readonly #target: Target;
  readonly #paths: string[] = [];
  readonly #rowBytes: number;
  #appender: DuckDBAppender | null = null;
  #rows = 0;

  constructor(target: Target) {
    this.#target = target;
    this.#rowBytes = target.columns.reduce((sum, { type }) => sum + CELL_BYTES[type], 0);
  }

  async add({ rows, cells }: TypedBatch): Promise<void> {
    const { DuckDBDataChunk } = await import('@duckdb/node-api');
    for (let begin = 0; begin < rows; begin += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - begin);
      const chunk = DuckDBDataChunk.create(this.#target.types, count);
      for (const [j, column] of cells.entries()) {
        fillVector(bindings().data_chunk_get_vector(chunk.chunk, j), column, begin, count);
      }
      this.#appender ??= await this.#open();
      this.#appender.appendDataChunk(chunk);
      this.#rows += count;
      if (this.#rows * this.#rowBytes >= FILE_BYTES) await this.#write();
    }
  }

  async finish(): Promise<string[]> {
    if (this.#rows > 0 || this.#paths.length === 0) await this.#write();
    return this.#paths;
  }

  /** Starts the table for the next file. */
  async #open(): Promise<DuckDBAppender> {
    const { connection, types } = this.#target;
    const columns = types.map((type, j) => `c${j} ${type}`);
    await connection.run(`CREATE OR REPLACE TABLE rows (${columns.join(', ')})`);
    return connection.createAppender('rows');
  }

  async #write(): Promise<void> {
    const { connection, columns, scratch, name } = this.#target;
    this.#appender ??= await this.#open();
    this.#appender.closeSync();
    this.#appender = null;
    await scratch.checkRoom(this.#paths.length * FILE_BYTES, name);
    const path = scratch.newPath('.parquet');
    const named = columns.map((column, j) => `c${j} AS ${quoteName(column.name)}`);
    // Uncompressed, because the file is read once and immediately.
    const to = `${quoteText(path)} (FORMAT parquet, COMPRESSION uncompressed)`;
    await connection.run(`COPY (SELECT ${named.join(', ')} FROM rows) TO ${to}`);
    this.#paths.push(path);
    this.#rows = 0;
  }
}

type Vector = ReturnType<ReturnType<typeof bindings>['data_chunk_get_vector']>;

function fillVector(vector: Vector, cells: TypedCells, begin: number, count: number): void {
  const { copy_data_to_vector, copy_data_to_vector_validity, vector_assign_string_element } = bindings();
  const valid = new Uint8Array(Math.ceil(count / 64) * 8).fill(255);
  let hasEmpty = false;
  const leaveEmpty = (i: number) => {
    valid[i >> 3]! &= ~(1 << (i & 7));
    hasEmpty = true;
  };
  if (cells.kind === 'fixed') {
    const { buffer, byteOffset, byteLength } = cells.bytes(begin, count);
    copy_data_to_vector(vector, 0, buffer as ArrayBuffer, byteOffset, byteLength);
    for (let i = 0; cells.isEmpty && i < count; i++) if (cells.isEmpty(begin + i)) leaveEmpty(i);
  } else {
    for (let i = 0; i < count; i++) {
      const text = cells.at(begin + i);
      if (text === null) leaveEmpty(i);
      else vector_assign_string_element(vector, i, text);
    }
  }
  if (!hasEmpty) return;
  bindings().vector_ensure_validity_writable(vector);
  copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength);
}
