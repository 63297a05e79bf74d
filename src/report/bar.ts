/** Terminal progress bars. All of them look the same. */
import cliProgress from 'cli-progress';

/** Stream that progress is written to: process.stderr or a stand-in. */
export interface ProgressStream extends NodeJS.WritableStream {
  isTTY?: boolean;
}

export type Bar = cliProgress.SingleBar;
export type Bars = cliProgress.MultiBar;

/**
 * Creates a single bar and starts it. @param format `{bar} {value}/{total}` and names of payload properties
 */
export function startBar(
  stream: ProgressStream,
  format: string,
  { done, total }: { done: number; total: number },
  payload: object,
): Bar {
  const bar = new cliProgress.SingleBar(lookOf(stream, format), cliProgress.Presets.shades_classic);
  bar.start(total, done, payload);
  return bar;
}

/** Creates a container for bars that lets lines be written above them. */
export function makeBars(stream: ProgressStream, format: string): Bars {
  return new cliProgress.MultiBar(lookOf(stream, format), cliProgress.Presets.shades_classic);
}

function lookOf(stream: ProgressStream, format: string): cliProgress.Options {
  return {
    stream,
    format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    // The command handles Ctrl-C.
    gracefulExit: false,
  };
}
