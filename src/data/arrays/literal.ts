/**
 * Parses Python literals (strings, numbers, tuples, lists and dicts), as found in NPY headers. Evaluates
 * nothing.
 */

/** The value, with tuples as arrays and dicts as objects; null if the text is not a literal. */
export function parseLiteral(text: string): unknown {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?\d+L?|[^\s]/g) ?? [];
  let at = 0;
  const next = () => tokens[at++];
  const value = (): unknown => {
    const token = next();
    if (token === '(' || token === '[') return items(token === '(' ? ')' : ']');
    if (token === '{') return Object.fromEntries(entries());
    if (token === 'True' || token === 'False') return token === 'True';
    if (token === 'None') return null;
    if (token !== undefined && /^['"]/.test(token)) return token.slice(1, -1).replace(/\\(.)/g, '$1');
    if (token !== undefined && /^-?\d+L?$/.test(token)) return Number(token.replace('L', ''));
    throw new SyntaxError(`unexpected ${token}`);
  };
  const items = (end: string): unknown[] => {
    const list: unknown[] = [];
    while (tokens[at] !== end) {
      list.push(value());
      if (tokens[at] === ',') at++;
      else if (tokens[at] !== end) throw new SyntaxError(`expected ${end}`);
    }
    at++;
    return list;
  };
  const entries = (): [string, unknown][] => {
    const list: [string, unknown][] = [];
    while (tokens[at] !== '}') {
      const key = String(value());
      if (next() !== ':') throw new SyntaxError('expected :');
      list.push([key, value()]);
      if (tokens[at] === ',') at++;
      else if (tokens[at] !== '}') throw new SyntaxError('expected }');
    }
    at++;
    return list;
  };
  try {
    const found = value();
    return at === tokens.length ? found : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}
