/**
 * Finds where rows of a text end, piece by piece, so that it can be cut there: lines of CSV that don't go on within quotes,
 * and objects of JSON. A row that looks as if it never ended is not an error: the text is then not cut.
 */

/** Follows a text. */
export interface RowEnds {
  /** Where the last complete row ends, in bytes from the beginning of the text; 0 if there is none. */
  readonly end: number;
  push(bytes: Uint8Array): void;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** What the scanner of CSV is in. */
type Place = 'cell begin' | 'cell' | 'quotes' | 'quote in quotes' | 'comment';

/** Rows of CSV, as DuckDB reads them: a quote has a meaning only at the beginning of a cell. Letters are single bytes. */
export class CsvRowEnds implements RowEnds {
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #comment: number;
  #place: Place = 'cell begin';
  #seen = 0;
  end = 0;

  /** @param layout letters of ASCII; quote and comment may be empty */
  constructor({ delimiter, quote, comment }: { delimiter: string; quote: string; comment: string }) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote === '' ? -1 : quote.charCodeAt(0);
    this.#comment = comment === '' ? -1 : comment.charCodeAt(0);
  }

  push(bytes: Uint8Array): void {
    const isPlain = this.#place === 'cell' || this.#place === 'cell begin';
    const isOrdinary = isPlain && !has(bytes, this.#quote) && !has(bytes, this.#comment);
    if (isOrdinary) this.#pushOrdinary(bytes);
    else this.#pushAll(bytes);
    this.#seen += bytes.length;
  }

  #pushOrdinary(bytes: Uint8Array): void {
    const last = bytes.lastIndexOf(NEWLINE);
    if (last >= 0) this.end = this.#seen + last + 1;
    let i = bytes.length - 1;
    if (this.#delimiter !== SPACE) while (i >= 0 && bytes[i] === SPACE) i--;
    const isBegin =
      i < 0 ? this.#place === 'cell begin' : bytes[i] === NEWLINE || bytes[i] === this.#delimiter;
    this.#place = isBegin ? 'cell begin' : 'cell';
  }

  #pushAll(bytes: Uint8Array): void {
    let place = this.#place;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (place === 'quotes') {
        if (byte === this.#quote) place = 'quote in quotes';
      } else if (byte === NEWLINE) {
        place = 'cell begin';
        this.end = this.#seen + i + 1;
      } else if (place === 'comment') continue;
      else if (byte === this.#comment) place = 'comment';
      else if (byte === this.#delimiter) place = 'cell begin';
      else if (byte === this.#quote && place !== 'cell') place = 'quotes';
      else if (byte !== SPACE || place !== 'cell begin') place = 'cell';
    }
    this.#place = place;
  }
}

function has(bytes: Uint8Array, letter: number): boolean {
  return letter >= 0 && bytes.includes(letter);
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/** Objects of JSON that stand one after the other, each on one line or more. */
export class JsonRowEnds implements RowEnds {
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  #seen = 0;
  end = 0;

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isText) {
        if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isText = false;
      } else if (byte === QUOTE) this.#isText = true;
      else if (OPENING.has(byte)) this.#depth++;
      else if (CLOSING.has(byte)) {
        this.#depth--;
        if (this.#depth === 0) this.end = this.#seen + i + 1;
      }
    }
    this.#seen += bytes.length;
  }
}
