import type { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1.d.ts';
import type { ConfigMap, Secret } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { checksum } from '../checksum.ts';
import { hardenedContainer, hardenedPod } from '../hardening.ts';
import { labelsOf, selectorOf } from '../labels.ts';
import { late } from '../late.ts';
import { object } from '../object.ts';
import { type Resources, requirements } from '../resources.ts';
import { Cpu, Size } from '../units.ts';
import type { DatabaseNames } from './names.ts';
import { provisioningSql, ROLES_FOLDER } from './provisioning-sql.ts';
import { ADMIN_SECRET, PORT, SERVER, USER } from './server.ts';

/** What a provisioning pod asks for: it runs psql, for seconds. */
export const JOB_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(64) };

/** Waits for the server, a minute at most; then the Job's own retries take over. */
const SCRIPT = [
  'tries=60',
  `until pg_isready --quiet --host=${SERVER}; do tries=$((tries - 1)); [ $tries -gt 0 ] || exit 1; sleep 1; done`,
  'export PGPASSWORD="$(cat /var/run/groundwork/postgres/password)"',
  `exec psql --no-psqlrc --quiet --host=${SERVER} --username=postgres --dbname=postgres --file=/provision/provision.sql`,
].join('\n');

export interface ProvisioningProps {
  readonly namespace: string;
  readonly system: string;
  readonly image: string;
  readonly names: DatabaseNames;
  /** Part of the Job, whose name follows from all that is part of it: another generation is another Job. */
  readonly passwordGeneration: number;
  readonly cause: string;
}

/** Secrets of a service's two roles, and a Job that makes roles and database on the server. */
export function provision(scope: Construct, { namespace, system, image, names, passwordGeneration, cause }: ProvisioningProps): void {
  const { slug, ownerSecret, appSecret } = names;
  const name = `postgres-${slug}`;
  const labels = labelsOf(system, name);
  for (const [role, secret] of [
    ['owner', ownerSecret],
    ['app', appSecret],
  ] as const) {
    object<Secret>(scope, role, cause, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secret, namespace, labels },
      stringData: { password: late(`postgres/${slug}/${role}`, 'password') },
    });
  }
  const sql = provisioningSql(names);
  object<ConfigMap>(scope, 'sql', cause, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data: { 'provision.sql': sql } });
  object<NetworkPolicy>(scope, 'network', cause, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels },
    spec: {
      podSelector: { matchLabels: selectorOf(system, name) },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: selectorOf(system, SERVER) } }], ports: [{ protocol: 'TCP', port: PORT }] }],
    },
  });
  const spec = jobSpec(image, names, passwordGeneration, labels);
  object<Job>(scope, 'job', cause, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    // A Job can't be changed, so another job has another name; the same inputs find the finished one and run nothing.
    metadata: { name: `${name}-${checksum(sql, JSON.stringify(spec))}`, namespace, labels },
    spec,
  });
}

function jobSpec(
  image: string,
  { slug, ownerSecret, appSecret }: DatabaseNames,
  passwordGeneration: number,
  labels: Record<string, string>,
): NonNullable<Job['spec']> {
  const key = (secret: string, path: string) => ({ secret: { name: secret, items: [{ key: 'password', path }] } });
  return {
    backoffLimit: 10,
    template: {
      metadata: { labels, annotations: { 'groundwork/password-generation': `${passwordGeneration}` } },
      spec: {
        restartPolicy: 'OnFailure',
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: hardenedPod(USER),
        containers: [
          {
            name: 'provision',
            image,
            command: ['sh', '-c', SCRIPT],
            resources: requirements(JOB_RESOURCES),
            securityContext: hardenedContainer,
            volumeMounts: [
              { name: 'admin', mountPath: '/var/run/groundwork/postgres', readOnly: true },
              { name: 'roles', mountPath: ROLES_FOLDER, readOnly: true },
              { name: 'sql', mountPath: '/provision', readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: 'admin', secret: { secretName: ADMIN_SECRET, defaultMode: 0o440 } },
          { name: 'roles', projected: { defaultMode: 0o440, sources: [key(ownerSecret, 'owner'), key(appSecret, 'app')] } },
          { name: 'sql', configMap: { name: `postgres-${slug}` } },
        ],
      },
    },
  };
}
