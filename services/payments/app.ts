import { Duration } from '@groundwork/contract';
import { payments as contract } from '@groundwork/contracts/payments';
import {
  discoveryVariables,
  type Env,
  type Logger,
  openService,
  readConfig,
  type ServiceApp,
  serve,
  serviceVariables,
} from '@groundwork/kit';
import { inBackground } from '@groundwork/kit/background';
import { createKafkaBus, createOutbox, eventVariables, startRelay } from '@groundwork/kit/events';
import { createDatabase, postgresVariables } from '@groundwork/kit/postgres';
import { Type } from 'typebox';
import { handlers } from './handlers.ts';
import { payments } from './payments/payments.ts';
import { httpPsp } from './psp/http-psp.ts';
import { startPspSimulator } from './psp/simulator/simulator.ts';
import type { Tables } from './tables.ts';

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
export function paymentsConfig(env: Env) {
  return readConfig(
    {
      ...serviceVariables(contract),
      ...discoveryVariables,
      ...postgresVariables,
      ...eventVariables(contract),
      PSP_URL: Type.Optional(
        Type.String({ minLength: 1, description: 'URL of the payment provider; unset: a simulator in the process' }),
      ),
      PSP_TIMEOUT_MS: Type.Integer({
        minimum: 50,
        maximum: 3000,
        default: 2000,
        description: 'milliseconds to wait for one answer of the payment provider',
      }),
    },
    env,
  );
}

/**
 * Composes the service without listening; it continues open payments, and its relay starts, at once.
 * @throws ConfigurationError for an invalid certificate
 */
export async function createApp(config: ReturnType<typeof paymentsConfig>, log: Logger): Promise<ServiceApp> {
  const base = openService(contract, config, log);
  const database = createDatabase<Tables>(config, base);
  const simulator = config.PSP_URL === undefined ? await startPspSimulator(database) : undefined;
  const url = config.PSP_URL ?? (simulator?.url as string);
  const psp = httpPsp(url, Duration.millis(config.PSP_TIMEOUT_MS));
  const service = payments({ database, outbox: createOutbox(contract), psp, log });
  const bus = createKafkaBus({ ...base, config, clientId: contract.name });
  const relay = startRelay(contract, {
    ...base,
    database,
    bus,
    retention: Duration.hours(config.OUTBOX_RETENTION_HOURS),
  });
  const worker = inBackground(service.continueNext, {
    failure: 'could not ask the payment provider; retrying',
    log,
    interval: Duration.millis(500),
  });
  const close = async () => {
    await base.discovery.close();
    await Promise.all([worker.stop(), relay.stop()]);
    await bus.close();
    await simulator?.close();
    await database.destroy();
  };
  return { ...base, server: serve(contract, handlers(service), base), close };
}
