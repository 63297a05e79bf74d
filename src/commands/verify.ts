/** lockstep verify DATA: trains with several numbers of workers and compares hashes of the weights and losses. */
import { LockstepError, usageError } from '../errors.js';
import { settingsOf, type Verification, verify } from '../lab/verify.js';
import { differenceText, settingText, verificationText } from '../report/verify.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { print, printJson, withPassingLine } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { planTraining } from './settings/tables.js';
import { checkBeforeReading } from './settings/train-options.js';

const WORKER_COUNTS = [1, 2, 3, 4];

export async function run(call: Call): Promise<number> {
  const { operands, settings, signal } = call;
  checkBeforeReading(settings, call.chosen);
  const verification = await unlessAborted(compare(operands[0]!, call), signal);
  const { runs, difference, start } = verification;
  if (settings.json) {
    const { type: _, workers: __, ...machine } = start;
    const versions = { lockstep: packageVersion(), node: process.version };
    const { steps } = settings;
    printJson({ equal: difference === null, steps, ...versions, ...machine, runs, difference });
  } else print(verificationText(verification, settings.steps));
  if (difference === null) return 0;
  throw new LockstepError('mismatch', differenceText(difference), {
    hint: 'This is a fault of lockstep or of the machine: please report it, with the output of --json.',
  });
}

async function compare(source: string, call: Call): Promise<Verification> {
  checkWorkerCounts(call.settings);
  const { data, network, options, settings } = await planTraining(source, call);
  const workers = settings.workerCounts ?? WORKER_COUNTS;
  const { steps } = settings;
  const total = settingsOf({ workers, options }).length;
  let done = 0;
  return withPassingLine(show =>
    verify({ network, data, options, workers, steps }, run =>
      show(`${++done} of ${total}: ${settingText(run)}`),
    ),
  );
}

/** @throws usage if there are fewer shards than workers */
function checkWorkerCounts({ workerCounts, shards }: Call['settings']): void {
  const most = Math.max(...(workerCounts ?? WORKER_COUNTS));
  if (shards === 'auto' || most <= shards) return;
  throw usageError(
    `--worker-counts: expected at most ${shards} (--shards), got ${most}.`,
    `Try --shards ${most}.`,
  );
}
