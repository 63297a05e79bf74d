/** What the commands here share: a line of progress, and reading options before the work starts. */

/** A line of progress, on stderr. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs a command, or shows its help, or says what is wrong: exit code 2 for an option, 1 for the rest. */
export async function runCommand<Options extends { help: boolean }>(
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
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  try {
    await main(options);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
