import type { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { egressTo, networkPolicy } from '../kubernetes/network-policy.ts';
import { labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { jobForContent, type ProvisioningPod } from '../platform/provisioning-job.ts';
import { PROVISIONER } from './access.ts';
import { PORT, SERVER } from './constants.ts';
import type { DatabaseNames } from './names.ts';
import { provisioningSql } from './provisioning-sql.ts';

/** Resources of a provisioning pod, which runs psql for seconds. */
export const JOB_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(64) };

/** Waits until it can log in, two minutes at most; after that, the Job retries. */
const SCRIPT = [
  'psql() { command psql --no-psqlrc --quiet --dbname=postgres "$@"; }',
  'tries=120',
  "until psql --command='SELECT 1' --output=/dev/null; do tries=$((tries - 1)); [ $tries -gt 0 ] || exit 1; sleep 1; done",
  'psql --file=/provision/provision.sql',
].join('\n');

export interface ProvisioningProps {
  readonly namespace: string;
  readonly system: string;
  readonly image: string;
  /** Host name of the server, as in its certificate. */
  readonly host: string;
  /** Labels of the server's pods. */
  readonly server: Readonly<Record<string, string>>;
  /** UID of the image. */
  readonly user: number;
  readonly names: DatabaseNames;
  /** Identity of the Job. */
  readonly identity: Identity;
  readonly origin: string;
}

/** A Job that creates a service's roles and database on the server. */
export function provision(scope: Construct, props: ProvisioningProps): void {
  const { namespace, system, server, names, origin } = props;
  const name = `${SERVER}-${names.slug}`;
  const labels = labelsOf(system, name);
  const sql = provisioningSql(names);
  object(scope, 'sql', origin, 'ConfigMap', { metadata: { name, namespace, labels }, data: { 'provision.sql': sql } });
  networkPolicy(scope, 'network', origin, {
    metadata: { name, namespace, labels },
    selector: selectorOf(system, name),
    egress: [egressTo(server, PORT)],
  });
  jobForContent(scope, origin, { name, namespace, labels }, sql, podOf(props, name));
}

function podOf({ image, host, user, identity }: ProvisioningProps, name: string): ProvisioningPod {
  const folder = '/var/run/groundwork/identity';
  const { volumes, volumeMounts } = secretMounts(name, '', identity.files(folder));
  const login = {
    PGHOST: host,
    PGPORT: `${PORT}`,
    PGUSER: PROVISIONER,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: `${folder}/ca.crt`,
    PGSSLCERT: `${folder}/tls.crt`,
    PGSSLKEY: `${folder}/tls.key`,
  };
  return {
    account: identity.account,
    user,
    container: {
      image,
      command: ['sh', '-euc', SCRIPT],
      env: Object.entries(login).map(([variable, value]) => ({ name: variable, value })),
      resources: requirements(JOB_RESOURCES),
      volumeMounts: [...volumeMounts, { name: 'sql', mountPath: '/provision', readOnly: true }],
    },
    volumes: [...volumes, { name: 'sql', configMap: { name } }],
  };
}
