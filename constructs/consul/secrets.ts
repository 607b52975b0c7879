import type { Construct } from 'constructs';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import type { SecretFile } from '../kubernetes/mounts.ts';
import { labelsOf, object } from '../kubernetes/object.ts';
import { METRICS_SECRET, REVIEWER, SECRETS, SERVER } from './constants.ts';

/** Secret files, and the Secrets they come from. */
const FILES = {
  gossip: { secret: SERVER, key: 'gossip' },
  management: { secret: SERVER, key: 'management' },
  agent: { secret: SERVER, key: 'agent' },
  probe: { secret: SERVER, key: 'probe' },
  snapshot: { secret: SERVER, key: 'snapshot' },
  metrics: { secret: METRICS_SECRET, key: 'token' },
  reviewer: { secret: REVIEWER, key: 'token' },
  'cluster-ca': { secret: REVIEWER, key: 'ca.crt' },
} as const;

/** Mounts secrets as files of one container. */
export function secretFiles(...names: readonly (keyof typeof FILES)[]): SecretFile[] {
  return names.map((name) => ({ path: `${SECRETS}/${name}`, ...FILES[name] }));
}

/** The gossip key, the management token, and the tokens of the system's workloads. */
export function makeSecrets(scope: Construct, namespace: string, system: string): void {
  const metadata = { name: SERVER, namespace, labels: labelsOf(system, SERVER) };
  object(scope, 'secrets', 'consul', 'Secret', {
    // Running servers have the old ones: a rotation changes each through the API first.
    metadata: { ...metadata, annotations: { 'groundwork/by-hand': 'gossip,management,agent,probe,snapshot' } },
    stringData: {
      gossip: deployTimeSecret('consul/gossip', 'key'),
      management: deployTimeSecret('consul/management', 'uuid'),
      agent: deployTimeSecret('consul/agent', 'uuid'),
      probe: deployTimeSecret('consul/probe', 'uuid'),
      snapshot: deployTimeSecret('consul/snapshot', 'uuid'),
    },
  });
  object(scope, 'metrics', 'consul', 'Secret', {
    metadata: { ...metadata, name: METRICS_SECRET, annotations: { 'groundwork/by-hand': 'token' } },
    stringData: { token: deployTimeSecret('consul/metrics', 'uuid') },
  });
}
