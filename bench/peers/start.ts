/** Shared by the commands here: reads their options, writes to stderr, and asks which programs are installed. */
import type { Peer } from './peers.js';
import { askVersions } from './run-child.js';

/** A line of progress, on stderr. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs a command, or shows its help, or says which option is wrong: exit code 2. */
export async function start<Options extends { help: boolean }>(
  read: (words: string[]) => Options,
  help: string,
  main: (options: Options) => Promise<void>,
): Promise<void> {
  let options: Options;
  try {
    options = read(process.argv.slice(2));
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    tell('See --help for the options.');
    process.exitCode = 2;
    return;
  }
  if (options.help) process.stdout.write(help);
  else await main(options);
}

/**
 * Asks each peer for its versions. A peer that can't answer is skipped, with the reason and the command that
 * installs it.
 */
export async function findInstalled(asked: Peer[]) {
  const peers: Peer[] = [];
  const skipped: string[] = [];
  const versions = new Map<string, string>();
  for (const peer of asked) {
    const answer = await askVersions(peer.command);
    if (typeof answer === 'string') {
      skipped.push(`${peer.title}: ${answer}. Try \`${peer.install}\`.`);
      tell(`skipped: ${skipped.at(-1)}`);
    } else {
      peers.push(peer);
      for (const [name, version] of Object.entries(answer)) versions.set(name, version);
    }
  }
  return { peers, skipped, versions };
}
