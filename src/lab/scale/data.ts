/** Rows of a study: loaded in each process that needs them; none if random rows are used. */
import type { Dataset } from '../../data/dataset.js';
import { loadData } from '../../data/load.js';
import type { StudyConfiguration } from './study-header.js';

/** @throws failed, usage if DATA can't be read */
export async function loadRows({ data, load }: Pick<StudyConfiguration, 'data' | 'load'>): Promise<{
  train: Dataset;
  validation: Dataset | null;
} | null> {
  return data === null || load === null ? null : await loadData(data, load);
}
