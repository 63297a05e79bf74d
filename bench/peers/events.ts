/**
 * Events that a measuring process prints to stdout, one line of JSON each: `versions`, `ready` and `result`,
 * each once. Other lines come from libraries and are ignored. Failure is reported by the exit code and the
 * last line of stderr.
 */

/** Names and versions of the software that computes. */
interface VersionsEvent {
  event: 'versions';
  versions: Record<string, string>;
}

/** The loss fell in a few steps on a few rows; timing starts. */
interface ReadyEvent {
  event: 'ready';
}

export interface ResultEvent {
  event: 'result';
  /** Median seconds of a step. */
  seconds: number;
  /** Number of steps that the median is based on. */
  steps: number;
  /** True if a step was interrupted, and its time extrapolated. */
  partial?: boolean;
  /** What exactly computed, if only the measuring process knows. */
  description?: string;
}

export type PeerEvent = VersionsEvent | ReadyEvent | ResultEvent;

/** The event on a line, or null if there is none. */
export function parseEvent(line: string): PeerEvent | null {
  if (!line.startsWith('{"event"')) return null;
  try {
    return JSON.parse(line) as PeerEvent;
  } catch {
    return null;
  }
}
