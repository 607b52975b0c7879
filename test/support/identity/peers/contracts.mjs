// Runs in pods of a service's image: two contracts, and the identity of this pod from its certificate.
import { X509Certificate } from 'node:crypto';
import { contract, Duration, route } from '@groundwork/contract';
import { createLogger, createMetrics } from '@groundwork/kit';
import { accountOf, watchIdentity } from '@groundwork/kit/identity';
import { Type } from 'typebox';

export const stock = contract('stock', {
  http: { look: route('GET', '/look', { auth: 'none', reply: { 200: Type.String() } }) },
});
export const shop = contract('shop', { calls: [stock.http.look] });
export const PORT = 8080;

const { NAMESPACE, TRUST_DOMAIN, IDENTITY_DIR } = process.env;

/** The result of `openTrust`, with a clock skew of seconds instead of minutes, because a test cannot wait so long. */
export function open({ name }) {
  const log = createLogger(
    { SERVICE: name, ENVIRONMENT: 'test', LOG_LEVEL: 'warn' },
    { write: (line) => process.stderr.write(line) },
  );
  const metrics = createMetrics(name);
  const identity = watchIdentity(IDENTITY_DIR, { log, metrics, skew: Duration.seconds(5) });
  const realm = { trustDomain: TRUST_DOMAIN, namespace: NAMESPACE };
  return {
    log,
    metrics,
    trust: {
      identity,
      accountOf: (certificate) => accountOf(realm, certificate),
      mayCall: (_, caller) => caller === shop.name,
      stop: () => identity.stop(),
    },
  };
}

export const serialOf = (pem) => new X509Certificate(pem).serialNumber;
