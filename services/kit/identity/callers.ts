import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError, textAt } from '@groundwork/contract';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { watchFolder } from './folder.ts';

/** Services that may call each operation, reloaded while the process runs. */
export interface CallersWatch {
  /** Whether the list contains the caller for an operation. An operation that is not listed accepts no caller. */
  mayCall(operation: string, caller: string): boolean;
  /** Stops watching the file. */
  stop(): void;
}

/** What a watch of callers reports to. */
export interface CallersOptions {
  /** Receives new lists, and those that are invalid. */
  readonly log: Logger;
  /** Counts new lists that are invalid. */
  readonly metrics: Metrics;
}

/**
 * The allow list `{ "<operation>": ["<service>", …] }` in a file, reloaded when it changes. A new list that is invalid is
 * ignored: the current one stays in use, the fault is logged, and `callers_reload_failures_total` counts it. Operations
 * that the contract does not have are ignored: during a rollout, one list serves two versions of a service.
 * @throws ConfigurationError `file-unreadable` or `file-invalid` if there is no valid list at start
 */
export function watchCallers(file: string, { log, metrics }: CallersOptions): CallersWatch {
  let text = read(file);
  let callers = parse(file, text);
  let fault: string | undefined;
  const failures = metrics.counter('callers_reload_failures_total', 'Reloads of the list of callers that failed', []);
  failures.add({}, 0);
  const check = () => {
    try {
      const next = read(file);
      if (next !== text) {
        callers = parse(file, next);
        text = next;
        log.info({ callers: Object.fromEntries(callers) }, 'callers reloaded');
      }
      fault = undefined;
    } catch (error) {
      failures.add({});
      const message = textAt(error, 'message');
      if (message !== fault) log.error({ err: error }, 'new list of callers ignored; the current one stays in use');
      fault = message;
    }
  };
  return {
    mayCall: (operation, caller) => callers.get(operation)?.includes(caller) ?? false,
    stop: watchFolder(dirname(file), check),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError({
      code: 'file-unreadable',
      where: 'environment of the service › CALLERS_FILE',
      problem: `${file} cannot be read: ${textAt(error, 'code')}`,
      fix: 'mount the list of callers there, as the platform does',
    });
  }
}

function parse(file: string, text: string): ReadonlyMap<string, readonly string[]> {
  const list = json(text);
  const fits =
    typeof list === 'object' &&
    list !== null &&
    !Array.isArray(list) &&
    Object.values(list).every((callers) => Array.isArray(callers) && callers.every((one) => typeof one === 'string'));
  if (fits) return new Map(Object.entries(list));
  throw new ConfigurationError({
    code: 'file-invalid',
    where: 'environment of the service › CALLERS_FILE',
    problem: `${file} must be a JSON object of arrays of service names`,
    fix: 'write it as the platform does: {"<operation>": ["<service>", …]}',
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
