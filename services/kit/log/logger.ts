import { type DestinationStream, type Logger, pino } from 'pino';
import type { ServiceConfig } from '../config/variables.ts';

export type { Logger } from 'pino';

/**
 * Structured log: one JSON object a line on stdout. Lines of a request also bear `requestId`, `traceId` and `spanId`.
 * Bodies and headers are never logged: they hold passwords and tokens.
 */
export function createLogger(
  config: Pick<ServiceConfig, 'SERVICE' | 'ENVIRONMENT' | 'LOG_LEVEL'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: config.LOG_LEVEL,
    base: { service: config.SERVICE, environment: config.ENVIRONMENT },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  return pino(options, destination ?? buffered());
}

/** Stdout, some lines at a time: a write for each would cost more than the line. A line waits a tenth of a second at most; an exit waits for all. */
function buffered(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 });
}
