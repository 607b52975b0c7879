import { Mistake } from '@groundwork/contract';
import { notifications } from '@groundwork/contracts/notifications';
import { discoveryVariables, type Env, File, type Logger, readConfig, serviceVariables } from '@groundwork/kit';
import { eventVariables } from '@groundwork/kit/events';
import { postgresVariables } from '@groundwork/kit/postgres';
import { Type } from 'typebox';
import { logSink } from './mail/log.ts';
import type { Sink } from './mail/transport.ts';
import { smtpSink } from './mail/smtp.ts';

const mailVariables = {
  MAIL_SINK: Type.Union([Type.Literal('log'), Type.Literal('smtp')], { default: 'log', description: 'log or smtp' }),
  MAIL_FROM: Type.String({ default: 'Shop <no-reply@shop.invalid>', description: 'sender of all mail' }),
  SMTP_URL_FILE: Type.Optional(
    File("file that holds the mail server's URL with the login, smtp://user:password@host:587"),
  ),
};

/** The service's settings. @throws Mistake that lists all that is wrong */
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

/** Where messages go. @throws Mistake when that is a mail server and nothing says which */
export function sinkOf({ MAIL_SINK, MAIL_FROM, SMTP_URL_FILE }: NotificationsConfig, log: Logger): Sink {
  if (MAIL_SINK === 'log') return logSink(log);
  if (SMTP_URL_FILE === undefined) {
    throw new Mistake(
      'environment of the service',
      'MAIL_SINK is smtp, but SMTP_URL_FILE is not set',
      'set SMTP_URL_FILE, or MAIL_SINK to log',
    );
  }
  return smtpSink({ urlFile: SMTP_URL_FILE, from: MAIL_FROM, domain: MAIL_FROM.replace(/^.*@|>$/g, '') });
}
