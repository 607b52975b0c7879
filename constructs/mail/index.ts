/** Mail: connects services to a mail server. */
export { Mail, type MailProps, type MailServer } from './mail.ts';
