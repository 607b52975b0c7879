/** The environment's authority, and the one that stands in while the first gets another key. */
export type Authority = 'current' | 'next';

/** What a rotation has done to an environment's authorities and workloads. */
export interface Signing {
  /**
   * Has an authority's certificate signed by itself or by the other one, which then vouches for it. `next` is made at its
   * first.
   * @param key whether the authority keeps its key or gets another @default 'kept'
   */
  sign(authority: Authority, by: Authority, key?: 'kept' | 'new'): Promise<void>;
  /** Says which authority issues the workloads' certificates from now on; `nobody`: requests wait. */
  issueFrom(authority: Authority | 'nobody'): Promise<void>;
  /** Has all workloads' certificates issued by the authority that issues now, but for those that are. */
  renewAll(): Promise<void>;
  /**
   * Resolves when all workloads use what they were issued.
   * @param sameTrust whether they trust whom they trusted before; if so they take their time
   */
  taken(sameTrust: boolean): Promise<void>;
  /** Removes the authority `next`. */
  end(): Promise<void>;
}

export interface Step {
  readonly title: string;
  run(signing: Signing): Promise<void>;
}

/**
 * A rotation of the authority's key. A workload has one file of trust, for one authority, so nothing may ever be issued
 * that a workload of the step before doesn't verify. An authority that the other has signed makes that so: a certificate
 * that it issues bears the other's word with it, and is verified by who trusts either. Two keys that bear one name can't
 * vouch for each other, so trust goes to another authority first, and from there to the new key:
 *
 * | step | issued by, vouched for by | trusts |
 * | --- | --- | --- |
 * | before | old | old |
 * | 1 | next, old | old |
 * | 2 | old, next | next |
 * | 3 | new, next | next |
 * | 4 | next, new | new |
 * | 5 | new | new |
 *
 * Two neighbours verify each other, which is why each step ends only when all workloads have taken it. While authorities
 * change, nobody issues. Each step can be run again from its beginning.
 */
export const STEPS: readonly Step[] = [
  {
    title: 'certificates by a stand-in, for which the old authority vouches',
    run: async (signing) => {
      await signing.sign('next', 'current');
      await signing.issueFrom('next');
      await signing.renewAll();
      await signing.taken(true);
    },
  },
  {
    title: 'trust in the stand-in',
    run: async (signing) => {
      await signing.issueFrom('nobody');
      await signing.sign('next', 'next');
      await signing.sign('current', 'next');
      await signing.issueFrom('current');
      await signing.renewAll();
      await signing.taken(false);
    },
  },
  {
    title: 'certificates by the new key, for which the stand-in vouches',
    run: async (signing) => {
      await signing.issueFrom('nobody');
      await signing.sign('current', 'next', 'new');
      await signing.issueFrom('current');
      await signing.renewAll();
      await signing.taken(true);
    },
  },
  {
    title: 'trust in the new key',
    run: async (signing) => {
      await signing.issueFrom('nobody');
      await signing.sign('current', 'current');
      await signing.sign('next', 'current');
      await signing.issueFrom('next');
      await signing.renewAll();
      await signing.taken(false);
    },
  },
  {
    title: 'certificates by the new key alone',
    run: async (signing) => {
      await signing.issueFrom('current');
      await signing.renewAll();
      await signing.end();
    },
  },
];
