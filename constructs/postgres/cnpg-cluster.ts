import type { Identity } from '../identity/index.ts';
import { selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { type Spreading, spreadConstraints } from '../kubernetes/spread.ts';
import { type Size, sizeQuantity } from '../kubernetes/units.ts';
import { type Access, hostBasedAccess, identityMap, MONITOR, PROVISIONER } from './access.ts';
import { POOLER_ROLE } from './cnpg-pooler.ts';
import { SERVER } from './constants.ts';
import { settings } from './settings.ts';

/** Settings without those that CloudNativePG manages, which it rejects. */
const OWN = ['archive_mode', 'archive_command'];

export interface CnpgClusterProps {
  readonly system: string;
  readonly image: string;
  readonly instances: number;
  readonly resources: Resources;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly zones: Spreading;
  readonly maxConnections: number;
  readonly archiveTimeoutSeconds: number | undefined;
  /** Server certificate of the instances. */
  readonly server: Identity;
  /** Secret with the certificate that replicas log in to the primary with. */
  readonly replication: string;
  /** Whether services connect through PgBouncer. */
  readonly pooled: boolean;
}

/**
 * Spec of CloudNativePG's Cluster. A commit is acknowledged once one replica has it, so that no acknowledged row is
 * lost with a node. Instances run on different nodes.
 */
export function clusterSpec(props: CnpgClusterProps): Record<string, unknown> {
  const { system, image, instances, resources, storage, storageClass, zones, server, replication, pooled } = props;
  return {
    description: 'databases of the services, one each',
    instances,
    imageName: image,
    inheritedMetadata: { labels: selectorOf(system, SERVER) },
    primaryUpdateStrategy: 'unsupervised',
    primaryUpdateMethod: 'switchover',
    enableSuperuserAccess: false,
    enablePDB: true,
    // The operator requires an initial database. The password of its owner is useless: the access rules end in reject.
    bootstrap: {
      initdb: {
        database: 'unused',
        owner: 'unused',
        encoding: 'UTF8',
        localeCollate: 'C.UTF-8',
        localeCType: 'C.UTF-8',
        dataChecksums: true,
      },
    },
    certificates: {
      serverTLSSecret: server.secret,
      serverCASecret: server.secret,
      clientCASecret: replication,
      replicationTLSSecret: replication,
    },
    affinity: { enablePodAntiAffinity: true, podAntiAffinityType: 'required', topologyKey: 'kubernetes.io/hostname' },
    topologySpreadConstraints: spreadConstraints(
      { nodes: 'ignored', zones },
      { 'cnpg.io/cluster': SERVER, 'cnpg.io/podRole': 'instance' },
    ),
    resources: requirements(resources),
    storage: {
      size: sizeQuantity(storage),
      resizeInUseVolumes: true,
      ...(storageClass === undefined ? {} : { storageClass }),
    },
    monitoring: { enablePodMonitor: false, disableDefaultQueries: true, tls: { enabled: true } },
    managed: {
      roles: [
        { name: PROVISIONER, ensure: 'present', login: true, createdb: true, createrole: true, disablePassword: true },
        { name: MONITOR, ensure: 'present', login: true, inRoles: ['pg_monitor'], disablePassword: true },
        ...(pooled ? [{ name: POOLER_ROLE, ensure: 'present', login: true, disablePassword: true }] : []),
      ],
    },
  };
}

/** The part of the spec that depends on the connected services. */
export function postgresqlSpec(
  props: CnpgClusterProps,
  databases: readonly Access[],
  provisioning: string,
  monitor: string,
): Record<string, unknown> {
  const { resources, storage, maxConnections, archiveTimeoutSeconds, pooled } = props;
  const all = settings({ memory: resources.memory, storage, maxConnections, backups: undefined });
  const parameters = Object.entries(all).filter(([name]) => !OWN.includes(name));
  // The operator adds its own rules first, for itself and its replicas, and manages those for the socket.
  const overNetwork = lines(hostBasedAccess(databases)).filter((rule) => !rule.startsWith('local '));
  const mapped = lines(identityMap(databases, provisioning)).filter((line) => !line.startsWith('local '));
  return {
    parameters: {
      ...Object.fromEntries(parameters),
      ssl_min_protocol_version: 'TLSv1.3',
      // A replica that is gone for longer is made again; without a limit, its slot would fill the volume of the primary.
      max_slot_wal_keep_size: `${Math.floor(storage.toMebibytes() / 5)}MB`,
      ...(archiveTimeoutSeconds === undefined ? {} : { archive_timeout: `${archiveTimeoutSeconds}s` }),
    },
    // Only a replica that may have all acknowledged rows is promoted.
    synchronous: { method: 'any', number: 1, dataDurability: 'required', failoverQuorum: true },
    pg_hba: [
      `hostssl postgres ${MONITOR} all cert map=identity`,
      ...(pooled ? [`hostssl postgres ${POOLER_ROLE} all cert`] : []),
      ...overNetwork,
    ],
    pg_ident: [...mapped, `identity ${monitor} ${MONITOR}`],
  };
}

function lines(text: string): string[] {
  return text.trim().split('\n');
}
