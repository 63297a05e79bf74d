/**
 * Values of damaged files, made fit for one line of a message.
 */

const MAX_LENGTH = 60;

/** A value as JSON, cut short; `none` for undefined and null. */
export function brief(value: unknown): string {
  const text = value === undefined || value === null ? 'none' : JSON.stringify(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** What an error said, in one line: JSON.parse quotes the damaged text as it is, line breaks and all. */
export function messageOf(cause: unknown): string {
  return (cause as Error).message.replace(/[\s\p{Cc}]+/gu, ' ');
}
