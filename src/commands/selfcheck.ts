/** lockstep selfcheck: whether this machine's arithmetic gives the bits that are committed for its class. */
import { LockstepError } from '../errors.js';
import { selfCheck } from '../lab/selfcheck/selfcheck.js';
import { mismatchText, selfCheckText } from '../report/selfcheck.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { print, printJson, withPassingLine } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { describeMachine } from './settings/machine.js';

export async function run({ settings, signal }: Call): Promise<number> {
  const { backend, workers, json } = settings;
  const result = await withPassingLine(show =>
    unlessAborted(
      selfCheck({ backend, workers, signal, onCheck: (done, of) => show(`${done} of ${of}`) }),
      signal,
    ),
  );
  const equal = result.mismatches.length === 0;
  if (json) {
    const { platform, cpu } = describeMachine(result);
    const machine = { lockstep: packageVersion(), node: process.version, platform, cpu };
    printJson({ equal, ...machine, ...result });
  } else print(selfCheckText(result));
  if (equal) return 0;
  throw new LockstepError('mismatch', mismatchText(result), {
    hint: 'A fault of lockstep or of the machine: please report it, with what --json prints.',
  });
}
