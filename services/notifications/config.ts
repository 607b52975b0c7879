import { ConfigurationError } from '@groundwork/contract';
import { notifications } from '@groundwork/contracts/notifications';
import { discoveryVariables, type Env, File, type Logger, readConfig, serviceVariables } from '@groundwork/kit';
import { eventVariables } from '@groundwork/kit/events';
import { postgresVariables } from '@groundwork/kit/postgres';
import { Type } from 'typebox';
import { smtpTransport } from './mail/smtp.ts';
import { logTransport, type MailTransport } from './mail/transport.ts';

const mailVariables = {
  MAIL_SINK: Type.Union([Type.Literal('log'), Type.Literal('smtp')], { default: 'log', description: 'log or smtp' }),
  MAIL_FROM: Type.String({ default: 'Shop <no-reply@shop.invalid>', description: 'sender of all mail' }),
  SMTP_URL_FILE: Type.Optional(File('file with the URL of the mail server, smtp://user:password@host:587')),
};

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
export function notificationsConfig(env: Env) {
  return readConfig(
    {
      ...serviceVariables(notifications),
      ...discoveryVariables,
      ...postgresVariables,
      ...eventVariables(notifications),
      ...mailVariables,
    },
    env,
  );
}

/** Values of the service's settings. */
export type NotificationsConfig = ReturnType<typeof notificationsConfig>;

/** The transport that MAIL_SINK selects. @throws ConfigurationError `variable-missing` if it is smtp without SMTP_URL_FILE */
export function mailTransportOf(
  { MAIL_SINK, MAIL_FROM, SMTP_URL_FILE }: NotificationsConfig,
  log: Logger,
): MailTransport {
  if (MAIL_SINK === 'log') return logTransport(log);
  if (SMTP_URL_FILE === undefined) {
    throw new ConfigurationError({
      code: 'variable-missing',
      where: 'environment of the service',
      problem: 'MAIL_SINK is smtp, but SMTP_URL_FILE is not set',
      fix: 'set SMTP_URL_FILE, or MAIL_SINK to log',
    });
  }
  return smtpTransport({ urlFile: SMTP_URL_FILE, from: MAIL_FROM, domain: MAIL_FROM.replace(/^.*@|>$/g, '') });
}
