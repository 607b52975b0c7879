import { Duration } from '@groundwork/contract';
import { type Background, inBackground } from '../background/background.ts';
import type { LifecycleHook } from '../lifecycle/hooks.ts';
import type { Logger } from '../log/logger.ts';
import { type Consul, ConsulRefused } from './consul.ts';

/** The entry of this process in Consul. */
export interface Registered {
  /** Name of the contract that it serves. */
  readonly service: string;
  /** Unique id of the instance: the pod's name. */
  readonly id: string;
  /** Address of the pod. */
  readonly address: string;
  readonly port: number;
}

/** An instance that does not renew its check for this long gets no calls; after `DEREGISTER_AFTER` it is removed. */
const TTL = '20s';
const DEREGISTER_AFTER = '1m';
const RENEW = Duration.seconds(5);

/** Hook that registers this process with Consul, renews the entry, and removes it before the server stops. */
export function registration(
  consul: Consul,
  { service, id, address, port }: Registered,
  log: Logger,
): LifecycleHook & { readonly registered: () => boolean } {
  const check = `service:${id}`;
  let background: Background | undefined;
  let registered = false;
  const register = async () => {
    const Check = { CheckID: check, TTL, Status: 'passing', DeregisterCriticalServiceAfter: DEREGISTER_AFTER };
    await consul.ask('PUT', '/v1/agent/service/register', {
      body: { ID: id, Name: service, Address: address, Port: port, Check },
    });
    if (!registered) log.info({ id, address, port }, 'registered with Consul');
    registered = true;
  };
  const renew = async () => {
    try {
      if (registered) await consul.ask('PUT', `/v1/agent/check/pass/${check}`);
      else await register();
    } catch (error) {
      const lost = registered && error instanceof ConsulRefused;
      registered = false;
      if (!lost) throw error;
      // The agent has restarted without the entry, or no longer accepts the token.
      await register();
    }
    return false;
  };
  return {
    registered: () => registered,
    // Not awaited: a service starts whether or not Consul is available.
    start: () => {
      background = inBackground(renew, { failure: 'not registered with Consul', log, interval: RENEW });
    },
    stop: async () => {
      await background?.stop();
      try {
        if (registered) await consul.ask('PUT', `/v1/agent/service/deregister/${id}`);
      } catch (error) {
        log.warn({ err: error }, 'could not deregister; Consul removes the entry within a minute');
      }
      registered = false;
    },
  };
}
