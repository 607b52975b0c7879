import { readFileSync } from 'node:fs';
import { Duration, textAt, valueAt } from '@groundwork/contract';
import { createTransport, type Transporter } from 'nodemailer';
import { MailRejected, type MailTransport } from './transport.ts';

export interface SmtpOptions {
  /** File with the URL of the server, `smtp://user:password@host:587`; reloaded when it changes. */
  readonly urlFile: string;
  /** Sender, such as `Shop <hello@example.org>`. */
  readonly from: string;
  /** Domain of message ids. */
  readonly domain: string;
}

const TIMEOUT = Duration.seconds(10).toMilliseconds();

/**
 * Sends by SMTP, always with TLS: `smtp://` requires STARTTLS, `smtps://` uses implicit TLS. The Message-ID is derived from
 * the id of the email, so that duplicates can be detected.
 */
export function smtpTransport({ urlFile, from, domain }: SmtpOptions): MailTransport {
  let url = '';
  let transport: Transporter | undefined;
  const current = (): Transporter => {
    const next = readFileSync(urlFile, 'utf8').trim();
    if (transport !== undefined && next === url) return transport;
    transport?.close();
    url = next;
    const timeouts = { connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT };
    transport = createTransport({
      ...serverOf(url),
      ...timeouts,
      requireTLS: true,
      tls: { minVersion: 'TLSv1.2' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return transport;
  };
  return {
    name: 'smtp',
    send: async ({ id, to, subject, text }) => {
      try {
        await current().sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@${domain}>`,
        });
      } catch (error) {
        const responseCode = valueAt(error, 'responseCode');
        const command = textAt(error, 'command') ?? '';
        // An error before these commands is about TLS, the login or the sender, not about the email.
        if (typeof responseCode !== 'number' || !/^(RCPT TO|DATA)$/.test(command)) throw error;
        throw new MailRejected(`the mail server answered ${responseCode}`, responseCode >= 500);
      }
    },
    close: () => transport?.close(),
  };
}

function serverOf(text: string) {
  const { protocol, hostname, port, username, password } = new URL(text);
  const secure = protocol === 'smtps:';
  const login =
    username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } };
  return { host: hostname, port: Number(port || (secure ? 465 : 587)), secure, ...login };
}
