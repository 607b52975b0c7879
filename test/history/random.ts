import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random choices that a seed decides. */
export interface Random {
  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** True with this probability, from 0 to 1. */
  chance(probability: number): boolean;
  /** One of the items; there is at least one. */
  pick<T>(items: readonly T[]): T;
  /** A UUID, version 4 in form. */
  uuid(): string;
  /** Other choices, independent of how many are made here. */
  fork(name: string): Random;
}

/** Creates the choices of a seed. @param seed any text */
export function randomOf(seed: string): Random {
  const generator = xoroshiro128plus(createHash('sha256').update(seed).digest().readInt32BE());
  const int = (low: number, high: number) => uniformInt(generator, low, high);
  const hex = (digits: number) => Array.from({ length: digits }, () => int(0, 15).toString(16)).join('');
  return {
    int,
    chance: (probability) => int(0, 999_999) < probability * 1_000_000,
    pick: <T>(items: readonly T[]) => items[int(0, items.length - 1)] as T,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    fork: (name) => randomOf(`${seed}/${name}`),
  };
}
