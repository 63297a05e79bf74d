/**
 * Ranks on hosts that share nothing but a network: network namespaces, as scripts/torture/hosts.ts makes them. Skipped where the
 * system does not let us.
 */
import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { type Hosts, makeHosts } from '../../scripts/torture/namespaces.js';
import { MAKES, program, start } from './launch.js';

let hosts: Hosts | null = null;
afterEach(() => {
  hosts?.remove();
  hosts = null;
});

const isPossible = (() => {
  try {
    makeHosts(1).remove();
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(isPossible).each(MAKES)('$name over TCP', ({ name, words: [launcher] }) => {
  it.each([0, 1])('moves bytes between three hosts, %i ms apart', async delayMilliseconds => {
    hosts = makeHosts(3, { delayMilliseconds });
    const { code, stdout, stderr } = await start(hosts.underMpi(launcher!, 1, program('operations')));
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ size: 3, description: name, problems: [], ranksOnHost: 1 },
      hosts: ['host1', 'host2', 'host3'],
    });
  });

  it('gives up on a host whose link is cut', async () => {
    hosts = makeHosts(2);
    const words = hosts.underMpi(launcher!, 1, program('ends', 'wait'));
    let isCut = false;
    const message = await new Promise<string>((resolve, reject) => {
      const onText = (text: string) => {
        if (!isCut && text.includes('waiting')) {
          isCut = true;
          hosts!.setLink(2, 'down');
        }
        // mpirun may wait for ever for its other half.
        const [said] = /rank 0: MPI_.*/.exec(text) ?? [];
        if (said) resolve(said);
      };
      const ended = start(words, { onText });
      ended.then(({ code, stdout, stderr }) => reject(new Error(`exit ${code}: ${stdout}${stderr}`)), reject);
    });
    expect(message).toContain('rank 0: MPI_Barrier: not all ranks took part within 4 s.');
  });
});

it.runIf(isPossible)('removes the hosts after a failure', () => {
  expect(() => makeHosts(2, { rate: 'no rate' })).toThrow(/rate/);
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  expect(stdout).not.toContain(`lockstep-${process.pid}-`);
});
