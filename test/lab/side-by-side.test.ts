/** Several generators as one: order, number, and what happens if one fails or nobody listens. */
import { expect, it } from 'vitest';
import { sideBySide } from '../../src/lab/side-by-side.js';

/** Generators that yield what they are told when they are told. */
class Told {
  running = 0;
  most = 0;
  stopped = 0;
  ended: string[] = [];

  async *say(name: string, words: readonly (string | Error)[]): AsyncGenerator<string, void> {
    this.most = Math.max(this.most, ++this.running);
    try {
      for (const word of words) {
        await Promise.resolve();
        if (word instanceof Error) throw word;
        yield `${name}${word}`;
      }
    } finally {
      this.running--;
      this.ended.push(name);
    }
  }

  next(generators: AsyncGenerator<string, void>[]): () => AsyncGenerator<string, void> | null {
    return () => generators.shift() ?? null;
  }
}

async function collect(running: AsyncGenerator<string, void>, most = Infinity): Promise<string[]> {
  const heard: string[] = [];
  for await (const word of running) {
    heard.push(word);
    if (heard.length === most) break;
  }
  return heard;
}

it.each([1, 2, 3, 9])('runs at most %d at once, each in its order, and all of them', async lanes => {
  const told = new Told();
  const names = ['a', 'b', 'c', 'd', 'e'];
  const words = (count: number) => Array.from({ length: count }, (_, j) => String(j));
  const next = told.next(names.map((name, i) => told.say(name, words(i + 1))));
  const heard = await collect(sideBySide(lanes, next, () => told.stopped++));
  expect(told.most).toBe(Math.min(lanes, names.length));
  for (const [i, name] of names.entries()) {
    expect(heard.filter(word => word.startsWith(name))).toEqual(words(i + 1).map(word => name + word));
  }
  expect(told).toMatchObject({ running: 0, stopped: 0 });
});

it('stops the others and reports the error if one fails', async () => {
  const told = new Told();
  const next = told.next([
    told.say('a', ['1', '2', '3', '4', '5', '6']),
    told.say('b', ['1', new Error('broken')]),
    told.say('c', ['1']),
  ]);
  await expect(collect(sideBySide(2, next, () => told.stopped++))).rejects.toThrow('broken');
  expect(told).toMatchObject({ running: 0, stopped: 1, ended: ['b', 'a'] });
});

it('stops all if nobody listens any more', async () => {
  const told = new Told();
  const next = told.next(['a', 'b'].map(name => told.say(name, ['1', '2', '3'])));
  await collect(
    sideBySide(2, next, () => told.stopped++),
    1,
  );
  expect(told).toMatchObject({ running: 0, stopped: 1 });
});

it('asks again for another one when one has ended', async () => {
  const told = new Told();
  let asked = 0;
  // What comes next is known only when the first has ended.
  const next = () => {
    asked++;
    if (asked === 1) return told.say('a', ['1']);
    return told.ended.length === 1 && asked < 9 ? told.say('b', ['1']) : null;
  };
  expect(await collect(sideBySide(2, next, () => {}))).toContain('b1');
});
