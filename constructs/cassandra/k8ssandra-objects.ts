import type { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { hardenedPod } from '../kubernetes/hardening.ts';
import { customResource, labelsOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size, sizeQuantity } from '../kubernetes/units.ts';
import { CASSANDRA, DATACENTER, PROVISIONER, USER } from './constants.ts';
import { type K8ssandraBackups, MEDUSA_RESOURCES, storage } from './k8ssandra-backups.ts';
import { access, heap } from './settings.ts';
import type { CassandraCluster } from './spec.ts';

/** Resources of the pod that schedules repairs. */
export const REAPER_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.gibibytes(1) };

/** Folder of the platform's certificate in the nodes. */
const IDENTITY = '/mnt/identity';
const ROLES = 'groundwork-roles';

export interface ClusterObjectProps {
  readonly cluster: CassandraCluster;
  readonly version: string;
  readonly zones: readonly string[];
  readonly provisioner: string;
  readonly identity: Identity;
  readonly backups: K8ssandraBackups | undefined;
}

/** The custom resource of the cluster. */
export function makeCluster(scope: Construct, props: ClusterObjectProps): void {
  const { cluster, backups, identity } = props;
  const { namespace, system } = cluster.platform;
  // Medusa's certificate has the names of stores, but is in PEM.
  const key = (name: string) => ({ name: identity.secret, key: name });
  const medusa = backups && {
    storageProperties: storage(backups),
    containerResources: requirements(MEDUSA_RESOURCES),
    clientEncryptionStores: {
      keystoreSecretRef: key('ca.crt'),
      truststoreSecretRef: key('tls.crt'),
      truststorePasswordSecretRef: key('tls.key'),
    },
  };
  customResource(scope, 'cluster', 'cassandra', {
    apiVersion: 'k8ssandra.io/v1alpha1',
    kind: 'K8ssandraCluster',
    metadata: { name: CASSANDRA, namespace, labels: labelsOf(system, CASSANDRA) },
    spec: {
      auth: true,
      cassandra: nodes(props),
      ...(medusa === undefined ? {} : { medusa }),
      reaper: reaper(cluster),
    },
  });
}

function nodes({ cluster, version, zones, provisioner, identity }: ClusterObjectProps): object {
  const { platform, nodes: size, replicas, resources, storage: volume, storageClass } = cluster;
  const settings = {
    num_tokens: 16,
    allocate_tokens_for_local_replication_factor: replicas,
    disk_failure_policy: 'die',
    commit_failure_policy: 'die',
    ...access(platform, IDENTITY),
    // With the name of a class of passwords, the operator can make its roles; no connection can use a password, since each
    // has a certificate.
    authenticator: {
      class_name: 'org.apache.cassandra.auth.MutualTlsWithPasswordFallbackAuthenticator',
      parameters: { validator_class_name: 'org.apache.cassandra.auth.SpiffeCertificateValidator' },
    },
  };
  const provisionerId = platform.identities.spiffeId(PROVISIONER);
  return {
    serverType: 'cassandra',
    serverVersion: version,
    serviceAccount: identity.account,
    softPodAntiAffinity: false,
    podSecurityContext: hardenedPod(USER),
    resources: requirements(resources),
    storageConfig: {
      cassandraDataVolumeClaimSpec: {
        accessModes: ['ReadWriteOnce'],
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
        resources: { requests: { storage: sizeQuantity(volume) } },
      },
    },
    config: {
      cassandraYaml: settings,
      jvmOptions: {
        heapSize: `${heap(resources.memory).toMebibytes()}Mi`,
        additionalOptions: [`-Dgroundwork.provisioner=${provisionerId}`],
      },
    },
    // The role manager, which gives the provisioner its role: the operator's image has no such jar.
    initContainers: [
      {
        name: ROLES,
        image: provisioner,
        command: ['node', '-e'],
        args: ["fs.copyFileSync('infra/provisioner/cassandra/roles.jar', '/roles/roles.jar')"],
        volumeMounts: [{ name: ROLES, mountPath: '/roles' }],
      },
    ],
    containers: [
      {
        name: 'cassandra',
        volumeMounts: [
          { name: 'identity', mountPath: IDENTITY, readOnly: true },
          { name: ROLES, mountPath: `/opt/cassandra/lib/${ROLES}.jar`, subPath: 'roles.jar', readOnly: true },
        ],
      },
    ],
    extraVolumes: {
      volumes: [
        { name: 'identity', secret: { secretName: identity.secret } },
        { name: ROLES, emptyDir: { sizeLimit: '1Mi' } },
      ],
    },
    ...(zones.length === 0 ? {} : { racks: zones.map(rack) }),
    datacenters: [{ metadata: { name: DATACENTER }, size }],
  };
}

function rack(zone: string): object {
  return { name: zone, nodeAffinityLabels: { 'topology.kubernetes.io/zone': zone } };
}

/** Reaper reaches nodes by their management API, and stores its schedules on its own volume: it needs no login. */
function reaper({ repairEvery, storageClass }: CassandraCluster): object {
  return {
    storageType: 'local',
    storageConfig: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: '1Gi' } },
    },
    httpManagement: { enabled: true },
    resources: requirements(REAPER_RESOURCES),
    autoScheduling: {
      enabled: true,
      repairType: 'REGULAR',
      scheduleSpreadPeriod: 'PT6H',
      periodBetweenPolls: 'PT10M',
    },
    additionalEnvVars: [
      { name: 'REAPER_SCHEDULE_DAYS_BETWEEN', value: `${Math.floor(repairEvery.toSeconds() / 86_400)}` },
    ],
  };
}
