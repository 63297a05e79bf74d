/** Runs several generators at once, as one. Knows nothing of trainings. */

/**
 * Yields what the generators yield, in the order in which it comes.
 * @param next the next generator to run; null if there is none now. Called whenever fewer than `lanes` run
 * @param stop called if one of them fails or the consumer stops listening, so that the others end soon
 */
export async function* sideBySide<T>(
  lanes: number,
  next: () => AsyncGenerator<T, void> | null,
  stop: () => void,
): AsyncGenerator<T, void> {
  const running = new Map<AsyncGenerator<T, void>, Promise<Step<T>>>();
  const advance = (lane: AsyncGenerator<T, void>) => {
    const step = lane.next().then(result => ({ lane, result }));
    // Of steps that fail at the same time, the first is reported.
    step.catch(() => {});
    running.set(lane, step);
  };
  try {
    for (;;) {
      for (let lane = fill(); lane !== null; lane = fill()) advance(lane);
      if (running.size === 0) return;
      const { lane, result } = await Promise.race(running.values());
      if (result.done) {
        running.delete(lane);
      } else {
        // Its next part runs while the consumer looks at this one.
        advance(lane);
        yield result.value;
      }
    }
  } finally {
    if (running.size > 0) stop();
    await Promise.allSettled([...running.keys()].map(lane => lane.return()));
  }

  function fill(): AsyncGenerator<T, void> | null {
    return running.size < lanes ? next() : null;
  }
}

interface Step<T> {
  lane: AsyncGenerator<T, void>;
  result: IteratorResult<T, void>;
}
