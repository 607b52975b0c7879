import { ConfigurationError, type PostgresNeed } from '@groundwork/contract';
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { labelsOf, selectorOf } from '../kubernetes/labels.ts';
import { allowIngress, egressTo, networkPolicy } from '../kubernetes/network-policy.ts';
import { type CustomResource, object } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { serviceNames } from '../kubernetes/service-names.ts';
import { spreadConstraints } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import { PORT, SERVER } from './constants.ts';
import type { Pooler } from './databases.ts';
import type { DatabaseNames } from './names.ts';
import { type Issuing, RELOAD, roleCertificate } from './role-certificate.ts';

/** Name of the pooler's objects, and of the account that the operator makes for its pods. */
const POOLER = 'postgres-pooler';
/** Role that looks names up for PgBouncer, and common name of the certificate by which it logs in as services. */
export const POOLER_ROLE = 'pooler';
/** Where a service finds the certificate that names its role. */
const FOLDER = '/var/run/groundwork/postgres-identity';
/** What the operator marks its pods with; it also renames their application, so that our own labels don't find them. */
export const POOLER_PODS = { 'cnpg.io/poolerName': POOLER } as const;
/** Port on which the operator's process beside each PgBouncer tells what it does; 1.28 and 1.29 know no TLS there. */
const POOLER_METRICS_PORT = 9127;
const POOLER_RESOURCES: Resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(64) };

/** PgBouncer between services and the primary: many pods share few connections. */
export interface Pooling {
  /** Pods of PgBouncer. @default 2 */
  readonly instances?: number;
  /** Connections to the primary that each of them opens for each service. @default 10 */
  readonly connections?: number;
}

/** What PgBouncer is told, whoever writes its files: the operator here, a test elsewhere. */
const POOLING = {
  /** Kit keeps nothing in a session but its timeout, which is the role's here. */
  poolMode: 'transaction',
  /** Roles have no passwords: that one is there is all that PgBouncer has to know. */
  authQuery: "SELECT rolname::text, ''::text FROM pg_catalog.pg_roles WHERE rolname = $1 AND rolcanlogin",
  /** A certificate that names the role, or nothing; before the operator's own lines, which ask for passwords. */
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

/** CloudNativePG's Pooler (1.28 or newer): services log in to it by a certificate that names their role, and it to the primary by its own. */
export class CnpgPooler extends Construct implements Pooler {
  public readonly commonName = POOLER_ROLE;
  public readonly connections: number;
  readonly #platform: Platform;
  readonly #issuing: Issuing;
  readonly #host: string;
  /** Connections that services may open, all pods together. */
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
    // It serves with the certificate by which it logs in: the operator notices a renewal of that one only.
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
    object<CustomResource>(this, 'pooler', origin, {
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
            initContainers: [{ name: 'bootstrap-controller', resources: requirements(POOLER_RESOURCES) }], // the operator's own
            topologySpreadConstraints: spreadConstraints({ zones: 'ignored' }, POOLER_PODS),
          },
        },
        pgbouncer: {
          poolMode: POOLING.poolMode,
          authQuery: POOLING.authQuery,
          serverTLSSecret: secret,
          clientTLSSecret: secret,
          clientCASecret: secret,
          pg_hba: [...POOLING.rules],
          // One pod can serve all clients while the other is away.
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
    object<PodDisruptionBudget>(this, 'disruption', origin, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: POOLER_PODS } },
    });
    networkPolicy(this, 'network', origin, {
      metadata,
      selector: POOLER_PODS,
      egress: [egressTo(selectorOf(system, SERVER), PORT), toApiServer],
    });
    platform.addScrapeTarget({ name: POOLER, selector: POOLER_PODS, port: POOLER_METRICS_PORT, origin });
    platform.reserve({ name: POOLER, pods: instances + 1, resources: POOLER_RESOURCES });
  }

  /** Leads a service through the pooler; its migrations go to the primary, for they hold locks and sessions. */
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
    const host = direct.env?.POSTGRES_HOST as string;
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

/** @returns what is wrong: nothing, or a ConfigurationError for each field */
export function validatePooling(where: string, { instances = 2, connections = 10 }: Pooling): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  if (!Number.isInteger(instances) || instances < 2 || instances > 20) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › instances`,
        problem: `${instances} is out of range 2–20: one alone would take all services with it`,
        fix: 'leave it out for 2',
      }),
    );
  }
  if (!Number.isInteger(connections) || connections < 1 || connections > 200) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › connections`,
        problem: `${connections} is out of range 1–200`,
        fix: 'leave it out for 10',
      }),
    );
  }
  return found;
}
