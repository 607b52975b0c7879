import type { Logger } from '@groundwork/kit';

/** An email to send. */
export interface Email {
  /** The same in every attempt. */
  readonly id: string;
  /** Kind of message, such as `welcome`. */
  readonly kind: string;
  /** Address of the recipient. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends emails. Any error except MailRejected means that the transport is unavailable: the email waits. */
export interface MailTransport {
  /** Label `transport` in metrics. */
  readonly name: string;
  /** Sends an email. @throws MailRejected if the server rejects this email */
  send(email: Email): Promise<void>;
  /** Closes connections. */
  close(): void;
}

/** The mail server rejected an email. */
export class MailRejected extends Error {
  public override readonly name = 'MailRejected';
  /** Whether a retry is pointless. */
  public readonly permanent: boolean;

  /** @param reason must contain no address: it is stored and logged */
  public constructor(reason: string, permanent: boolean) {
    super(reason);
    this.permanent = permanent;
  }
}

/** A masked email address for logs: `a***@example.org`. */
export function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '***' : `${email[0]}***${email.slice(at)}`;
}

/** Logs each email instead of sending it: masked address, no text. */
export function logTransport(log: Logger): MailTransport {
  return {
    name: 'log',
    send: async ({ id, kind, to }) => log.info({ messageId: id, kind, to: masked(to) }, 'message sent'),
    close: () => {},
  };
}
