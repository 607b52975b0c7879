/** Jobs in lanes: those of one lane run one after another, lanes run side by side. */
export interface Lanes {
  /** Queues a job; resolves when there is room for the next one. */
  add(lane: string, job: () => Promise<void>): Promise<void>;
  /** Resolves when no job runs or waits; jobs after a failed one don't run. */
  settled(): Promise<void>;
  /** Rejects with the first job's failure. */
  readonly failed: Promise<never>;
}

/** @param limit jobs that run or wait at most, over all lanes */
export function createLanes(limit: number): Lanes {
  const tails = new Map<string, Promise<void>>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => {}); // who looks at it decides; nobody may be looking
  let broken = false;
  let open = 0;
  let room: (() => void) | undefined;
  return {
    failed,
    add: (lane, job) => {
      open += 1;
      const tail = (tails.get(lane) ?? Promise.resolve())
        .then(() => (broken ? undefined : job()))
        .catch((error: unknown) => {
          broken = true;
          fail(error);
        })
        .finally(() => {
          open -= 1;
          room?.();
        });
      tails.set(lane, tail);
      if (open < limit) return Promise.resolve();
      return new Promise((resolve) => {
        room = resolve;
      });
    },
    settled: async () => {
      await Promise.all(tails.values());
    },
  };
}
