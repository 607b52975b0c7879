import { type DestinationStream, type Logger, pino } from 'pino';
import type { ServiceConfig } from '../config/variables.ts';

export type { Logger } from 'pino';

/**
 * Structured log: one JSON object per line on stdout. Lines of a request also contain `requestId`, `traceId` and
 * `spanId`. Bodies and headers are never logged, because they contain passwords and tokens.
 * @param destination @default stdout, buffered
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

/** Buffered stdout: one write per line would cost more than the line. A line waits at most 100 ms; an exit flushes all lines. */
function buffered(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 });
}
