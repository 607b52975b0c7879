import { IDENTITY_FOLDER, serviceNames } from '../identity/index.ts';
import { Size } from '../kubernetes/units.ts';
import { toYaml } from '../kubernetes/yaml.ts';
import type { Platform } from '../platform/index.ts';
import { CASSANDRA, CLIENT_PORT, DATA, STORAGE_PORT } from './constants.ts';
import { hostOf } from './desired-state.ts';
import type { CassandraCluster } from './spec.ts';

const GIBIBYTE = 1024 * 1024;

/** Stands for the seeds in `cassandra.yaml`, until the start script replaces it. */
export const SEEDS = '@SEEDS@';

/**
 * Heap of a node: 40 % of its memory limit, at most 16 GiB. The rest is for buffers and tables outside of the heap, the
 * JVM itself, and the page cache, which also counts against the limit.
 */
export function heap(memory: Size): Size {
  return Size.mebibytes(Math.floor(Math.min(memory.toKibibytes() * 0.4, 16 * GIBIBYTE) / 1024));
}

/** DNS names of the nodes, all in their common certificate. */
export function serverNames({ platform, nodes }: CassandraCluster): string[] {
  const host = hostOf(platform);
  const pods = Array.from({ length: nodes }, (_, index) => `${CASSANDRA}-${index}.${host}`);
  return [...serviceNames(CASSANDRA, platform.namespace), ...pods];
}

/** `cassandra.yaml` of all nodes; the start script adds seeds and addresses. */
export function cassandraYaml(cluster: CassandraCluster): string {
  const { platform, nodes, replicas } = cluster;
  return toYaml([
    {
      cluster_name: clusterName(platform),
      num_tokens: 16,
      allocate_tokens_for_local_replication_factor: replicas,
      partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
      endpoint_snitch: 'GossipingPropertyFileSnitch',
      seed_provider: [
        { class_name: 'org.apache.cassandra.locator.SimpleSeedProvider', parameters: [{ seeds: SEEDS }] },
      ],
      rpc_address: '0.0.0.0',
      storage_port: STORAGE_PORT,
      native_transport_port: CLIENT_PORT,
      data_file_directories: [`${DATA}/data`],
      commitlog_directory: `${DATA}/commitlog`,
      saved_caches_directory: `${DATA}/saved_caches`,
      hints_directory: `${DATA}/hints`,
      cdc_raw_directory: `${DATA}/cdc_raw`,
      commitlog_sync: 'periodic',
      commitlog_sync_period: '10000ms',
      commitlog_total_space: '512MiB',
      // Kubernetes starts it again, and moves it away from a broken disk; by default, it only stops to serve.
      disk_failure_policy: 'die',
      commit_failure_policy: 'die',
      ...access(platform),
      ...(nodes > 1 ? repair(cluster) : {}),
    },
  ]);
}

/** Mutual TLS and identities: a certificate decides which node a peer is, and which role a client has. */
export function access({ identities }: Platform, folder = IDENTITY_FOLDER): Record<string, unknown> {
  const validator_class_name = 'org.apache.cassandra.auth.SpiffeCertificateValidator';
  // Both files are read again when they have changed, every ten minutes.
  const tls = {
    ssl_context_factory: { class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory' },
    keystore: `${folder}/tls-combined.pem`,
    truststore: `${folder}/ca.crt`,
    accepted_protocols: ['TLSv1.3'],
    require_client_auth: true,
  };
  return {
    authenticator: {
      class_name: 'org.apache.cassandra.auth.MutualTlsAuthenticator',
      parameters: { validator_class_name },
    },
    authorizer: 'CassandraAuthorizer',
    role_manager: 'groundwork.cassandra.ProvisionedRoleManager',
    internode_authenticator: {
      class_name: 'org.apache.cassandra.auth.MutualTlsInternodeAuthenticator',
      parameters: { validator_class_name, trusted_peer_identities: identities.spiffeId(CASSANDRA) },
    },
    server_encryption_options: { internode_encryption: 'all', ...tls },
    client_encryption_options: { enabled: true, optional: false, ...tls },
  };
}

/** Cassandra repairs its rows by itself: every node in its turn, its own ranges. */
function repair({ repairEvery }: CassandraCluster): Record<string, unknown> {
  return {
    auto_repair: {
      enabled: true,
      global_settings: { repair_by_keyspace: true, number_of_repair_threads: 1 },
      repair_type_overrides: { full: { enabled: true, min_repair_interval: `${repairEvery.toSeconds()}s` } },
    },
  };
}

/** A node refuses to join, or to start with, the data of a cluster of another name. */
function clusterName({ system, environment, namespace }: Platform): string {
  return `${system}/${environment}/${namespace}`;
}
