import { Duration } from '@groundwork/contract';
import { type Background, inBackground } from '../background/background.ts';
import type { LifecycleHook } from '../lifecycle/hooks.ts';
import type { Logger } from '../log/logger.ts';
import { type Consul, ConsulRefused } from './consul.ts';

/** This process, as others find it. */
export interface Registered {
  /** Name of the contract that it serves. */
  readonly service: string;
  /** One of its kind: the pod's name. */
  readonly id: string;
  /** Address of the pod. */
  readonly address: string;
  readonly port: number;
}

/** An instance that says nothing for so long is asked no more; after `FORGOTTEN` it is gone. */
const TTL = '20s';
const FORGOTTEN = '1m';
const RENEW = Duration.seconds(5);

/** The entry of this process in Consul: kept for as long as it runs, and taken out before the server takes its last request. */
export function registration(
  consul: Consul,
  { service, id, address, port }: Registered,
  log: Logger,
): LifecycleHook & { readonly registered: () => boolean } {
  const check = `service:${id}`;
  let background: Background | undefined;
  let registered = false;
  const register = async () => {
    const Check = { CheckID: check, TTL, Status: 'passing', DeregisterCriticalServiceAfter: FORGOTTEN };
    await consul.ask('PUT', '/v1/agent/service/register', {
      body: { ID: id, Name: service, Address: address, Port: port, Check },
    });
    if (!registered) log.info({ id, address, port }, 'registered with Consul');
    registered = true;
  };
  const keep = async () => {
    try {
      if (registered) await consul.ask('PUT', `/v1/agent/check/pass/${check}`);
      else await register();
    } catch (error) {
      const lost = registered && error instanceof ConsulRefused;
      registered = false;
      if (!lost) throw error;
      // The agent has started anew and knows of nothing, or no longer knows our token.
      await register();
    }
    return false;
  };
  return {
    registered: () => registered,
    // Not awaited: a service serves, whether or not Consul is there.
    start: () => {
      background = inBackground(keep, { failure: 'not registered with Consul', log, interval: RENEW });
    },
    stop: async () => {
      await background?.stop();
      try {
        if (registered) await consul.ask('PUT', `/v1/agent/service/deregister/${id}`);
      } catch (error) {
        log.warn({ err: error }, 'could not deregister; Consul forgets it within a minute');
      }
      registered = false;
    },
  };
}
