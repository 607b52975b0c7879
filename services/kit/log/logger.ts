import { type DestinationStream, type Logger, pino } from 'pino';
import type { ServiceConfig } from '../config/variables.ts';

export type { Logger } from 'pino';

/**
 * Structured log: one JSON object a line on stdout. Lines of a request also bear `requestId`, `traceId` and `spanId`.
 * Bodies and headers are never logged: they hold passwords and tokens.
 */
export function createLogger(config: Pick<ServiceConfig, 'SERVICE' | 'ENVIRONMENT' | 'LOG_LEVEL'>, destination?: DestinationStream): Logger {
  const options = {
    level: config.LOG_LEVEL,
    base: { service: config.SERVICE, environment: config.ENVIRONMENT },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
