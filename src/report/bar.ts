/** A bar on a terminal that fills as work is done: the one look of all of them. */
import cliProgress from 'cli-progress';

/** Where progress goes: process.stderr, or a stand-in. */
export interface ProgressStream extends NodeJS.WritableStream {
  isTTY?: boolean;
}

export type Bar = cliProgress.SingleBar;
export type Bars = cliProgress.MultiBar;

/** A bar alone, begun. @param format `{bar} {value}/{total}` and names of what the payload holds */
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

/** A place for a bar with lines above it. */
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
    // Ctrl-C is the command's business.
    gracefulExit: false,
  };
}
