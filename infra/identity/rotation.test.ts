import { describe, expect, test } from '@jest/globals';
import { type Authority, type Signing, STEPS } from './rotation.ts';

/** What a workload holds: the keys by which its certificate can be verified, and the one that it trusts. */
interface Held {
  readonly shown: readonly string[];
  readonly trusted: string;
}

const WORKLOADS = ['users', 'catalog', 'kafka'];
const verify = (one: Held, other: Held) => other.shown.includes(one.trusted) && one.shown.includes(other.trusted);

/** Authorities and workloads as cert-manager has them: a certificate bears what stands between it and the root, and trusts the root. */
class Model implements Signing {
  public readonly workloads: Map<string, Held>;
  public readonly authorities = new Map<Authority, { key: string; by: string }>([['current', { key: 'old', by: 'old' }]]);
  public calls = 0;
  #issuer: Authority | 'nobody' = 'current';
  #keys = 0;
  readonly #cutAt: number;

  public constructor(cutAt = Number.POSITIVE_INFINITY) {
    this.#cutAt = cutAt;
    const before = this.#issue();
    this.workloads = new Map(WORKLOADS.map((name) => [name, before]));
  }

  public async sign(authority: Authority, by: Authority, key: 'kept' | 'new' = 'kept'): Promise<void> {
    const had = this.authorities.get(authority)?.key;
    const own = had === undefined || key === 'new' ? `key ${this.#keys++}` : had;
    const signer = authority === by ? own : (this.authorities.get(by)?.key as string);
    this.authorities.set(authority, { key: own, by: signer });
    this.#after();
  }

  public async issueFrom(authority: Authority | 'nobody'): Promise<void> {
    this.#issuer = authority;
    this.#after();
  }

  public async renewAll(): Promise<void> {
    for (const name of WORKLOADS) {
      this.workloads.set(name, this.#issue());
      this.#after();
    }
  }

  public async taken(): Promise<void> {
    this.#after();
  }

  public async end(): Promise<void> {
    this.authorities.delete('next');
    this.#after();
  }

  /** Nothing is asked of it any more. */
  public whole(): Model {
    const model = new Model();
    model.authorities.clear();
    for (const [name, authority] of this.authorities) model.authorities.set(name, authority);
    for (const [name, held] of this.workloads) model.workloads.set(name, held);
    model.#issuer = this.#issuer;
    model.#keys = this.#keys;
    return model;
  }

  #issue(): Held {
    if (this.#issuer === 'nobody') throw new Error('nobody issues');
    const { key, by } = this.authorities.get(this.#issuer) as { key: string; by: string };
    return { shown: [...new Set([key, by])], trusted: by };
  }

  /** After each call all workloads verify each other, and one that is renewed by its own clock just now is verified too. */
  #after(): void {
    const all = [...this.workloads.values(), ...(this.#issuer === 'nobody' ? [] : [this.#issue()])];
    for (const one of all) for (const other of all) if (!verify(one, other)) throw new Error(`${JSON.stringify([one, other])} don't verify each other`);
    this.calls += 1;
    if (this.calls === this.#cutAt) throw new Error('cut off');
  }
}

async function rotate(model: Model, from = 0): Promise<number> {
  for (let step = from; step < STEPS.length; step++) {
    try {
      await STEPS[step]?.run(model);
    } catch (error) {
      if ((error as Error).message === 'cut off') return step;
      throw error;
    }
  }
  return STEPS.length;
}

describe('a rotation of the authority', () => {
  test('ends with a key that nobody had before, which signs itself and is all that is trusted, and without the stand-in', async () => {
    const model = new Model();
    await rotate(model);
    const [current] = model.authorities.values();
    expect([...model.authorities.keys()]).toEqual(['current']);
    expect(current?.key).toBe(current?.by);
    expect(current?.key).not.toBe('old');
    expect([...model.workloads.values()]).toEqual(WORKLOADS.map(() => ({ shown: [current?.key], trusted: current?.key })));
  });

  test('law: cut off after any call and begun again at its step, it ends the same, and at each moment all verify each other', async () => {
    const uncut = new Model();
    await rotate(uncut);
    for (let at = 1; at <= uncut.calls; at++) {
      const cut = new Model(at);
      const step = await rotate(cut);
      const again = cut.whole();
      expect(await rotate(again, step)).toBe(STEPS.length);
      expect([...again.authorities.keys()]).toEqual(['current']);
      expect(new Set([...again.workloads.values()].map(({ trusted }) => trusted))).toEqual(new Set([again.authorities.get('current')?.key]));
    }
  });
});
