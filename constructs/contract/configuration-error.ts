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

/** Several mistakes found at once, so that a user mends them in one go. */
export class Mistakes extends Mistake {
  public readonly all: readonly Mistake[];

  public constructor(all: readonly Mistake[]) {
    const list = all.map((mistake, index) => `${index + 1}. ${mistake.message.replaceAll('\n', '\n   ')}`);
    super(
      `${all.length} places, listed above`,
      `${all.length} mistakes:\n${list.join('\n')}`,
      'each line above says how',
    );
    this.all = all;
  }
}

/**
 * Throws what was found, if anything was.
 * @throws Mistake when it is one; `Mistakes`, which lists them, when they are more.
 */
export function refuse(found: readonly Mistake[]): void {
  const [first] = found;
  if (first !== undefined) throw found.length === 1 ? first : new Mistakes(found);
}
