/** Runs jobs in lanes: sequentially within a lane, concurrently across lanes. */
export interface Lanes {
  /** Queues a job; resolves when the next one may be added. */
  add(lane: string, job: () => Promise<void>): Promise<void>;
  /** Resolves when no job runs or waits; after a failure, waiting jobs are skipped. */
  settled(): Promise<void>;
  /** Rejects with the first failure of a job. */
  readonly failed: Promise<never>;
}

/** @param limit maximum jobs that run or wait, over all lanes */
export function createLanes(limit: number): Lanes {
  const tails = new Map<string, Promise<void>>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => {}); // must not end the process if nothing awaits it
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
