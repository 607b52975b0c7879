import type { Logger } from '@groundwork/kit';
import { masked } from './mask.ts';
import type { MailTransport } from './transport.ts';

/** Writes that a letter would have gone out, without what it says. */
export function logTransport(log: Logger): MailTransport {
  return {
    name: 'log',
    send: async ({ id, kind, to }) => log.info({ messageId: id, kind, to: masked(to) }, 'message sent'),
    close: () => {},
  };
}
