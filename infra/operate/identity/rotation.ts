/** The environment's authority, and the interim one that issues while the key of the first is rotated. */
export type Authority = 'current' | 'next';

/** Operations on an environment's authorities and workloads that a rotation needs. */
export interface Signing {
  /**
   * Signs an authority's certificate by itself or by the other one (cross-signing). Creates `next` on first use.
   * @param key whether the authority keeps its key or gets a new one @default 'kept'
   */
  sign(authority: Authority, by: Authority, key?: 'kept' | 'new'): Promise<void>;
  /** Sets the authority that issues the workloads' certificates; with `none`, requests wait. */
  issueFrom(authority: Authority | 'none'): Promise<void>;
  /** Reissues all workloads' certificates that the current issuer has not issued yet. */
  renewAll(): Promise<void>;
  /**
   * Resolves when all workloads use their new certificates.
   * @param sameTrust whether the trusted root is unchanged; then workloads delay the switch
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
 * The steps that rotate the authority's key. A workload trusts one root, so every certificate issued in a step must be
 * verifiable by workloads still in the previous step. Cross-signing does that: a certificate of a cross-signed authority
 * includes the intermediate certificate, and verifies with either root. Two keys of the same name can't cross-sign, so
 * trust moves to an interim authority first, and from there to the new key:
 *
 * | step | issued by, signed by | trusts |
 * | --- | --- | --- |
 * | before | old | old |
 * | 1 | next, old | old |
 * | 2 | old, next | next |
 * | 3 | new, next | next |
 * | 4 | next, new | new |
 * | 5 | new | new |
 *
 * Certificates of adjacent steps verify each other, so each step ends only when all workloads use its certificates. While
 * authorities change, no certificates are issued. Each step can be repeated from its beginning.
 */
export const STEPS: readonly Step[] = [
  {
    title: 'issue by an interim authority that the old key has signed',
    run: async (signing) => {
      await signing.sign('next', 'current');
      await signing.issueFrom('next');
      await signing.renewAll();
      await signing.taken(true);
    },
  },
  {
    title: 'trust the interim authority',
    run: async (signing) => {
      await signing.issueFrom('none');
      await signing.sign('next', 'next');
      await signing.sign('current', 'next');
      await signing.issueFrom('current');
      await signing.renewAll();
      await signing.taken(false);
    },
  },
  {
    title: 'issue by the new key, signed by the interim authority',
    run: async (signing) => {
      await signing.issueFrom('none');
      await signing.sign('current', 'next', 'new');
      await signing.issueFrom('current');
      await signing.renewAll();
      await signing.taken(true);
    },
  },
  {
    title: 'trust the new key',
    run: async (signing) => {
      await signing.issueFrom('none');
      await signing.sign('current', 'current');
      await signing.sign('next', 'current');
      await signing.issueFrom('next');
      await signing.renewAll();
      await signing.taken(false);
    },
  },
  {
    title: 'issue by the new key alone',
    run: async (signing) => {
      await signing.issueFrom('current');
      await signing.renewAll();
      await signing.end();
    },
  },
];
