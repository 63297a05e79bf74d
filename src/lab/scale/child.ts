/**
 * What runs in a fresh process: one measurement, requested and answered over the channel to the study, which then ends
 * the process. It also ends when the study does, so that it doesn't disturb another.
 */
import { measureNoise } from './noise.js';
import { replyOf } from './reply.js';
import { measureRoofs } from './roofs.js';
import { measureSample } from './sample.js';
import type { StudyTask } from './tasks.js';
import { runTrial } from './trial.js';

async function measure(task: StudyTask) {
  if (task.kind === 'sample') return measureSample(task.configuration, task.setup);
  if (task.kind === 'roofs') return measureRoofs(task.configuration, task.setup);
  if (task.kind === 'trial') return runTrial(task.configuration, task.setup);
  return measureNoise(task.configuration, task.setup);
}

async function answer(task: StudyTask): Promise<void> {
  process.send!(await replyOf(() => measure(task)));
}

// Ctrl-C reaches all processes of a terminal; what it means is the study's business.
process.on('SIGINT', () => {});
// Not by exit(), which waits for threads: for ever for one in a call that never returns.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', task => void answer(task as StudyTask));
