import { Admin } from '@platformatic/kafka';
import { identityTls } from '../identity.ts';

/** A client without retries: the caller decides what to retry. */
export function connect(brokers: readonly string[], folder: string): Admin {
  return new Admin({
    clientId: 'provisioner',
    bootstrapBrokers: [...brokers],
    tls: identityTls(folder),
    retries: 0,
    connectTimeout: 5000,
    requestTimeout: 30_000,
    timeout: 20_000,
  });
}
