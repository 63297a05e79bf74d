/** lockstep/data: files and arrays as datasets. Tables are read by DuckDB, which is loaded when the first file is read. */
export type { Dataset, Encoding, Task } from '../data/dataset.js';
export type { Folds } from '../data/folds.js';
export { loadData, loadFolds } from '../data/load.js';
export type { LoadOptions } from '../data/load-options.js';
export { loadWith } from '../data/load-with.js';
export { arrayRows, type Rows, readInputs, readRows, takeRows } from '../data/rows.js';
