import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { Secret, Service } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { hardenedContainer, hardenedPod } from '../hardening.ts';
import { labelsOf, selectorOf } from '../labels.ts';
import { late } from '../late.ts';
import { object } from '../object.ts';
import { type Resources, requirements } from '../resources.ts';
import { Size, sizeQuantity } from '../units.ts';
import { settings } from './settings.ts';

/** Name of the server's objects; one server in an environment. */
export const SERVER = 'postgres';
export const PORT = 5432;
/** User of the public image, to whom the data belongs. */
export const USER = 999;
export const ADMIN_SECRET = 'postgres-admin';

export interface ServerProps {
  readonly namespace: string;
  readonly system: string;
  readonly image: string;
  readonly resources: Resources;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly maxConnections: number;
}

/** One PostgreSQL server in a StatefulSet, with its volume, its address, and the superuser's password. */
export function makeServer(scope: Construct, props: ServerProps): void {
  const { namespace, system } = props;
  const labels = labelsOf(system, SERVER);
  const selector = selectorOf(system, SERVER);
  object<Secret>(scope, 'admin', 'postgres (superuser, for provisioning only)', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ADMIN_SECRET, namespace, labels },
    stringData: { password: late('postgres/admin', 'password') },
  });
  object<Service>(scope, 'service', 'postgres', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: SERVER, namespace, labels },
    // Headless: the StatefulSet's pod gets a name of its own, and a lost connection finds the new pod at once.
    spec: { clusterIP: 'None', selector, ports: [{ name: 'postgres', port: PORT, targetPort: 'postgres' }] },
  });
  object<NetworkPolicy>(scope, 'network', 'postgres (the server itself asks nobody)', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: SERVER, namespace, labels },
    spec: { podSelector: { matchLabels: selector }, policyTypes: ['Ingress', 'Egress'] },
  });
  object<PodDisruptionBudget>(scope, 'disruption', 'postgres', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: SERVER, namespace, labels },
    // One instance: were its eviction forbidden, no node under it could ever be drained.
    spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
  });
  object<StatefulSet>(scope, 'server', 'postgres', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: SERVER, namespace, labels },
    spec: statefulSet(props, labels, selector),
  });
}

function statefulSet(props: ServerProps, labels: Record<string, string>, selector: Record<string, string>): NonNullable<StatefulSet['spec']> {
  const { image, resources, storage, storageClass, maxConnections } = props;
  const data = '/var/lib/postgresql/data';
  const ask = ['pg_isready', '--quiet', '--host=127.0.0.1', '--username=postgres'];
  const answers = { exec: { command: ask }, timeoutSeconds: 3 };
  // 1: the server refuses connections, as while it recovers after a crash of one process; to kill it then starts that anew.
  const responds = { exec: { command: ['sh', '-c', `${ask.join(' ')} || [ $? -eq 1 ]`] }, timeoutSeconds: 3 };
  return {
    serviceName: SERVER,
    replicas: 1,
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels },
      spec: {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: hardenedPod(USER),
        terminationGracePeriodSeconds: 120,
        containers: [
          {
            name: 'postgres',
            image,
            args: Object.entries(settings(resources.memory, maxConnections)).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
            env: [
              { name: 'PGDATA', value: `${data}/pgdata` }, // a folder of its own: a volume's root may hold lost+found
              { name: 'POSTGRES_PASSWORD_FILE', value: '/var/run/groundwork/postgres/password' },
            ],
            ports: [{ name: 'postgres', containerPort: PORT }],
            resources: requirements(resources),
            securityContext: hardenedContainer,
            // By TCP: while it sets itself up the server answers on its socket only. Ten minutes for a recovery after a crash.
            startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 300 },
            readinessProbe: { ...answers, periodSeconds: 5, failureThreshold: 2 },
            livenessProbe: { ...responds, periodSeconds: 15, failureThreshold: 4 },
            // TERM alone waits until the last client has left; fast mode ends their sessions and writes a checkpoint.
            // It doesn't wait for that: the container ends with the server, and the hook would end with it, as failed.
            lifecycle: { preStop: { exec: { command: ['pg_ctl', 'stop', '--mode=fast', '--no-wait'] } } },
            volumeMounts: [
              { name: 'data', mountPath: data },
              { name: 'admin', mountPath: '/var/run/groundwork/postgres', readOnly: true },
              { name: 'run', mountPath: '/var/run/postgresql' },
              { name: 'tmp', mountPath: '/tmp' },
              { name: 'shm', mountPath: '/dev/shm' },
            ],
          },
        ],
        volumes: [
          { name: 'admin', secret: { secretName: ADMIN_SECRET, defaultMode: 0o440 } },
          { name: 'run', emptyDir: { sizeLimit: '16Mi' } },
          { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
          // Parallel queries share memory here; the runtime's own is 64 MiB, whatever the limit.
          { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: sizeQuantity(Size.kibibytes(Math.floor(resources.memory.toKibibytes() / 4))) } },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', labels: selector },
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          resources: { requests: { storage: sizeQuantity(storage) } },
        },
      },
    ],
  };
}
