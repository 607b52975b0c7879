/** How services send mail. */
export { Mail, type MailProps, type MailServer } from './mail.ts';
