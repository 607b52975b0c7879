/** A place in a construct tree; constructs satisfy it, and the contract layer needs no more of them. */
export interface Place {
  readonly node: { readonly path: string };
}

/**
 * What a user of Groundwork got wrong: what it is, where it stands, and how to mend it. Every error
 * that a user can cause is one of these, so that all of them read alike.
 */
export class Mistake extends Error {
  public override readonly name = 'Mistake';
  /** Contract field or construct path, such as `contract 'orders' › http.placeOrder › path`. */
  public readonly where: string;
  /** What is wrong, with the value found; never a secret. */
  public readonly what: string;
  /** What to do about it. */
  public readonly mend: string;

  public constructor(where: string | Place, what: string, mend: string) {
    const place = typeof where === 'string' ? where : where.node.path;
    super(`${what}\n    at ${place}\n    mend: ${mend}`);
    this.where = place;
    this.what = what;
    this.mend = mend;
  }
}
