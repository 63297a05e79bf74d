/** What the trainings of a cross-validation and those of an ensemble have in common. */
import { newestCheckpoint } from '../../store/checkpoint-folder.js';
import { findRunFiles } from '../../store/read-run.js';
import { withoutDetail } from './final-figures.js';

/** A training that was started before; null if there is none. @throws failed if all its checkpoints are damaged */
export async function openPart(path: string) {
  const files = await findRunFiles(path);
  if (files === null) return null;
  const { config, summary: finished } = files;
  if (finished) return { config, finished: withoutDetail(finished), found: null, damaged: [] };
  const { found, damaged } = await newestCheckpoint(path);
  if (!found && damaged.length > 0) throw damaged[0];
  return { config, finished, found, damaged };
}
