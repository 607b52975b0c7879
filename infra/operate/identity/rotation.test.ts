import { describe, expect, test } from '@jest/globals';
import { type Authority, type Signing, STEPS } from './rotation.ts';

/** State of a workload: the keys that verify its certificate, and the one that it trusts. */
interface Held {
  readonly shown: readonly string[];
  readonly trusted: string;
}

const WORKLOADS = ['users', 'catalog', 'kafka'];
const verify = (one: Held, other: Held) => other.shown.includes(one.trusted) && one.shown.includes(other.trusted);

/** Model of cert-manager: a certificate has its intermediate authorities, and its workload trusts the root. */
class Model implements Signing {
  public readonly workloads: Map<string, Held>;
  public readonly authorities = new Map<Authority, { key: string; by: string }>([
    ['current', { key: 'old', by: 'old' }],
  ]);
  public calls = 0;
  #issuer: Authority | 'none' = 'current';
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

  public async issueFrom(authority: Authority | 'none'): Promise<void> {
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

  /** A copy without the interruption. */
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
    if (this.#issuer === 'none') throw new Error('no issuer');
    const { key, by } = this.authorities.get(this.#issuer) as { key: string; by: string };
    return { shown: [...new Set([key, by])], trusted: by };
  }

  /** Asserts after each call that all workloads verify each other, and a certificate renewed at this moment too. */
  #after(): void {
    const all = [...this.workloads.values(), ...(this.#issuer === 'none' ? [] : [this.#issue()])];
    for (const one of all)
      for (const other of all)
        if (!verify(one, other)) throw new Error(`${JSON.stringify([one, other])} don't verify each other`);
    this.calls += 1;
    if (this.calls === this.#cutAt) throw new Error('interrupted');
  }
}

/** @returns the step in which it was interrupted, or the number of steps */
async function rotate(model: Model, from = 0, steps = STEPS): Promise<number> {
  for (let step = from; step < steps.length; step++) {
    try {
      await steps[step]?.run(model);
    } catch (error) {
      if ((error as Error).message === 'interrupted') return step;
      throw error;
    }
  }
  return steps.length;
}

/** Whether all workloads trust a single self-signed authority with a new key, and there is no other. */
function isDone({ authorities, workloads }: Model): boolean {
  const current = authorities.get('current');
  const own = current?.key === current?.by && current?.key !== 'old' && authorities.size === 1;
  return (
    own && [...workloads.values()].every(({ shown, trusted }) => trusted === current?.key && shown.join() === trusted)
  );
}

describe('a rotation of the authority', () => {
  test('ends with a new self-signed key as the only trusted one, and without the interim authority', async () => {
    const model = new Model();
    expect(isDone(model)).toBe(false);
    await rotate(model);
    expect(isDone(model)).toBe(true);
  });

  test('law: interrupted after any call and resumed at its step, it ends the same, and workloads always verify each other', async () => {
    const uncut = new Model();
    await rotate(uncut);
    for (let at = 1; at <= uncut.calls; at++) {
      const cut = new Model(at);
      const step = await rotate(cut);
      const again = cut.whole();
      await rotate(again, step);
      expect(isDone(again)).toBe(true);
    }
  });

  test.each(STEPS.slice(0, -1).map(({ title }, index) => [title, index] as const))(
    'law: without the step "%s" verification breaks, or it does not finish',
    async (_, left) => {
      const model = new Model();
      const broken = await rotate(
        model,
        0,
        STEPS.filter((_, index) => index !== left),
      ).then(
        () => false,
        (error: Error) => error.message.includes("don't verify each other"),
      );
      expect(broken || !isDone(model)).toBe(true);
    },
  );
});
