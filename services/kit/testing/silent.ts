import { pino } from 'pino';

/** A log for tests that look at something else. */
export const silentLog = pino({ level: 'silent' });
