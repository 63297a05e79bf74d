/** leave() ends the process without waiting for its threads. */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { expect, it } from 'vitest';

const SIGNALS = new URL('../../../src/commands/line/signals.js', import.meta.url).href;

/** Prints, on the same pipe, the exit code and the flags of the pipe. */
const AFTER = 'echo $?; cat /proc/self/fdinfo/1';

it.skipIf(process.platform !== 'linux')(
  'leaves the pipe of stdout blocking for the programs that use it next',
  () => {
    const script = `
    import { leave } from ${JSON.stringify(SIGNALS)};
    process.stdout.write('said\\n');
    leave(7);`;
    const { stdout } = spawnSync('sh', ['-c', `"$NODE" --input-type=module --eval "$SCRIPT"; ${AFTER}`], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, SCRIPT: script },
    });
    const [, flags] = /^said\n7\n.*^flags:\s*(\d+)$/ms.exec(stdout)!;
    expect(Number.parseInt(flags!, 8) & constants.O_NONBLOCK).toBe(0);
  },
);
