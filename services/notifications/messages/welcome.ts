import type { Email } from '../mail/transport.ts';

/** Text of the welcome message. */
export function welcome(name: string): Pick<Email, 'subject' | 'text'> {
  return {
    subject: 'Welcome to the shop',
    text: `Hello ${name},\n\nyour account is ready. If you did not open it, write to us and we close it.\n`,
  };
}
