/** A message on its way out. */
export interface Email {
  /** The same however often it is sent. */
  readonly id: string;
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Where letters go. A rejection with anything but Refused says that the sink is away: the letter waits. */
export interface MailTransport {
  readonly name: string;
  /** @throws Refused when the letter itself is the fault */
  send(email: Email): Promise<void>;
  close(): void;
}

/** A letter that was not taken. */
export class Refused extends Error {
  public override readonly name = 'Refused';
  /** Not to be tried again. */
  public readonly forGood: boolean;

  /** @param what holds no address: it goes into the database and the log */
  public constructor(what: string, forGood: boolean) {
    super(what);
    this.forGood = forGood;
  }
}
