import type { ConfigurationError, PostgresNeed } from '@groundwork/contract';
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { serviceNames } from '../identity/index.ts';
import { allowIngress, egressTo, networkPolicy } from '../kubernetes/network-policy.ts';
import { customResource, disruptionBudget, labelsOf, selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { validateInteger } from '../kubernetes/validate.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import { PORT, SERVER } from './constants.ts';
import type { Pooler } from './databases.ts';
import type { DatabaseNames } from './names.ts';
import { type Issuing, RELOAD, roleCertificate } from './role-certificate.ts';

/** Name of the pooler's objects, and of the service account that the operator creates for its pods. */
const POOLER = 'postgres-pooler';
/** Role of PgBouncer's auth query, and common name of the certificate that PgBouncer logs in as services with. */
export const POOLER_ROLE = 'pooler';
/** Folder of a service's role certificate. */
const FOLDER = '/var/run/groundwork/postgres-identity';
/** Label that the operator sets on its pods; it overrides our application label, which therefore does not select them. */
export const POOLER_PODS = { 'cnpg.io/poolerName': POOLER } as const;
/** Metrics port of the operator's process in each PgBouncer pod; without TLS in 1.28 and 1.29. */
const POOLER_METRICS_PORT = 9127;
const POOLER_RESOURCES: Resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(256) };

/** PgBouncer between services and the primary, so that many pods share few connections. */
export interface Pooling {
  /** Number of PgBouncer pods, from 2 to 20. @default 2 */
  readonly instances?: number;
  /** Connections to the primary that each pod opens for each service, from 1 to 200. @default 10 */
  readonly connections?: number;
}

/** Configuration of PgBouncer, which the operator writes to files here, and a test elsewhere. */
const POOLING = {
  /** The kit keeps no session state except its statement timeout, which is a setting of the role here. */
  poolMode: 'transaction',
  /** Roles have no passwords: PgBouncer only has to know whether a role exists. */
  authQuery: "SELECT rolname::text, ''::text FROM pg_catalog.pg_roles WHERE rolname = $1 AND rolcanlogin",
  /** Only certificates that name the role are accepted; these lines precede those of the operator, which require passwords. */
  rules: [
    'hostssl all all 0.0.0.0/0 cert',
    'hostssl all all ::/0 cert',
    'host all all 0.0.0.0/0 reject',
    'host all all ::/0 reject',
  ],
  parameters: {
    client_tls_sslmode: 'verify-full',
    server_tls_sslmode: 'verify-full',
    server_tls_protocols: 'tlsv1.3',
    ignore_startup_parameters: 'statement_timeout',
  },
} as const;

export interface CnpgPoolerProps {
  readonly platform: Platform;
  readonly issuing: Issuing;
  readonly pooling: Pooling;
}

/** CloudNativePG's Pooler (1.28 or newer): services log in with a role certificate, and PgBouncer logs in to the primary with its own. */
export class CnpgPooler extends Construct implements Pooler {
  public readonly commonName = POOLER_ROLE;
  public readonly connections: number;
  readonly #platform: Platform;
  readonly #issuing: Issuing;
  readonly #host: string;
  /** Connections that all pods of services may open together. */
  #clients = 0;

  public constructor(scope: Construct, id: string, { platform, issuing, pooling }: CnpgPoolerProps) {
    super(scope, id);
    const { instances = 2, connections = 10 } = pooling;
    const { namespace, system, toApiServer } = platform;
    this.#platform = platform;
    this.#issuing = issuing;
    this.#host = `${POOLER}.${namespace}.svc.cluster.local`;
    this.connections = instances * connections;
    const origin = 'postgres › pooler';
    const metadata = { name: POOLER, namespace, labels: labelsOf(system, POOLER) };
    // It serves with its client certificate, since the operator detects renewals of that one only.
    const dnsNames = serviceNames(POOLER, namespace);
    const secret = { name: `${POOLER}-identity` };
    roleCertificate(this, {
      namespace,
      system,
      issuing,
      name: secret.name,
      role: POOLER_ROLE,
      dnsNames,
      secretLabels: RELOAD,
      origin,
    });
    customResource(this, 'pooler', origin, {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Pooler',
      metadata,
      spec: {
        cluster: { name: SERVER },
        type: 'rw',
        instances,
        template: {
          metadata: { labels: POOLER_PODS },
          spec: {
            containers: [{ name: 'pgbouncer', resources: requirements(POOLER_RESOURCES) }],
            initContainers: [{ name: 'bootstrap-controller', resources: requirements(POOLER_RESOURCES) }], // added by the operator
            topologySpreadConstraints: spreadConstraints({ nodes: 'required' }, POOLER_PODS),
          },
        },
        pgbouncer: {
          poolMode: POOLING.poolMode,
          authQuery: POOLING.authQuery,
          serverTLSSecret: secret,
          clientTLSSecret: secret,
          clientCASecret: secret,
          pg_hba: [...POOLING.rules],
          // One pod can serve all clients while the other is unavailable.
          parameters: Lazy.any({
            produce: () => ({
              ...POOLING.parameters,
              default_pool_size: `${connections}`,
              max_client_conn: `${this.#clients + 10}`,
            }),
          }),
        },
      },
    });
    disruptionBudget(this, origin, metadata, POOLER_PODS);
    networkPolicy(this, 'network', origin, {
      metadata,
      selector: POOLER_PODS,
      egress: [egressTo(selectorOf(system, SERVER), PORT), toApiServer],
    });
    platform.addScrapeTarget({ name: POOLER, selector: POOLER_PODS, port: POOLER_METRICS_PORT, origin });
    platform.reserve({ name: POOLER, pods: instances + 1, resources: POOLER_RESOURCES });
  }

  /** Connects a service through the pooler; its migrations connect to the primary, since they hold locks and sessions. */
  public through(workload: Workload, names: DatabaseNames, { poolSize }: PostgresNeed, direct: Connection): Connection {
    const { namespace, system } = this.#platform;
    const origin = `contract '${names.service}' › owns postgres`;
    const secret = `${names.service}-postgres`;
    const scope = new Construct(this, names.slug);
    this.#clients += workload.maxPods * poolSize;
    roleCertificate(scope, { namespace, system, issuing: this.#issuing, name: secret, role: names.app, origin });
    allowIngress(
      scope,
      this.#platform,
      { name: POOLER, selector: POOLER_PODS, port: PORT },
      { name: names.service, selectors: [workload.selector] },
      origin,
    );
    const { POSTGRES_HOST: host = '' } = direct.env ?? {};
    return {
      ...direct,
      env: { ...direct.env, POSTGRES_HOST: this.#host, POSTGRES_IDENTITY_DIR: FOLDER },
      files: [
        ...(direct.files ?? []),
        ...['tls.crt', 'tls.key', 'ca.crt'].map((key) => ({ path: `${FOLDER}/${key}`, secret, key })),
      ],
      peers: [...(direct.peers ?? []), { selector: POOLER_PODS, port: PORT }],
      initSteps: (direct.initSteps ?? []).map((step) => ({ ...step, env: { POSTGRES_HOST: host, ...step.env } })),
    };
  }
}

/** @returns one ConfigurationError for each invalid field */
export function validatePooling(where: string, { instances = 2, connections = 10 }: Pooling): ConfigurationError[] {
  return [
    ...validateInteger(
      `${where} › instances`,
      instances,
      [2, 20],
      'omit it for 2',
      'the loss of a single one would affect all services',
    ),
    ...validateInteger(`${where} › connections`, connections, [1, 200], 'omit it for 10'),
  ];
}
