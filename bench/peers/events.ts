/**
 * What a measuring process says on its stdout: a line of JSON an event, `versions` once, `ready` once, `result`
 * once. Other lines are a library's own talk and are passed over. An ill end is said by the exit code and the
 * last line of stderr.
 */

/** Names and versions of what computes. */
export interface VersionsEvent {
  event: 'versions';
  versions: Record<string, string>;
}

/** The loss went down in a few steps on a few rows; timing begins. */
export interface ReadyEvent {
  event: 'ready';
}

export interface ResultEvent {
  event: 'result';
  /** Median seconds of a step. */
  seconds: number;
  /** Steps it is the median of. */
  steps: number;
  /** What was cut short: the seconds are worked out from a part of a step. */
  partial?: boolean;
  /** What exactly computed, where only the measurement knows. */
  description?: string;
}

export type PeerEvent = VersionsEvent | ReadyEvent | ResultEvent;

/** The event of a line, or null where the line is none. */
export function parseEvent(line: string): PeerEvent | null {
  if (!line.startsWith('{"event"')) return null;
  try {
    return JSON.parse(line) as PeerEvent;
  } catch {
    return null;
  }
}
