import type { Logger } from '@groundwork/kit';
import { masked } from './mask.ts';
import type { MailTransport } from './transport.ts';

/** Logs each email instead of sending it: masked address, no text. */
export function logTransport(log: Logger): MailTransport {
  return {
    name: 'log',
    send: async ({ id, kind, to }) => log.info({ messageId: id, kind, to: masked(to) }, 'message sent'),
    close: () => {},
  };
}
