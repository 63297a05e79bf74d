/** Files of random tables for benches: float32 columns f0, f1, … in 0 … 1, and `target` with two classes. */
import { withDuckDB } from '../src/data/table/duckdb.js';

/** Writes a CSV or Parquet file, depending on its name: 2 million rows of 9 columns take about 2 s. */
export async function writeRandomTable(path: string, rows: number, features: number): Promise<void> {
  const columns = Array.from({ length: features }, (_, j) => `CAST(random() AS FLOAT) AS f${j}`);
  const target = `CASE WHEN random() < 0.5 THEN 'yes' ELSE 'no' END AS target`;
  const select = `SELECT ${[...columns, target].join(', ')} FROM range(${rows})`;
  const format = path.endsWith('.csv') ? 'csv, header' : 'parquet';
  await withDuckDB(async connection => {
    await connection.run('SELECT setseed(0.5)');
    await connection.run(`COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT ${format})`);
  });
}
