import { ConfigurationError, Duration } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { SecretFile } from '../kubernetes/mounts.ts';
import { customResource, labelsOf } from '../kubernetes/object.ts';
import { hours, type IdentityProps, type IssuerRef, LIFE, makeAuthority } from './authority.ts';

/** Folder of a pod's certificate: `tls.crt`, `tls.key`, `ca.crt`, and `tls-combined.pem` with key and certificate in one file. */
export const IDENTITY_FOLDER = '/var/run/groundwork/identity';

/** The identity of a Kubernetes service account: its names and its certificate. */
export interface Identity {
  /** Service account, such as `users`. */
  readonly account: string;
  /** Common name of the certificate, `<account>.<namespace>`: the principal in Kafka and the certificate user in PostgreSQL. */
  readonly commonName: string;
  /** `spiffe://<trust domain>/ns/<namespace>/sa/<account>`. */
  readonly spiffeId: string;
  /** Secret with the certificate, which is renewed in place. */
  readonly secret: string;
  /**
   * Files of the certificate, for a container.
   * @param folder where they are mounted, default IDENTITY_FOLDER
   */
  files(folder?: string): SecretFile[];
}

/** Password of the keystores. It protects nothing, since the same Secret holds the key in plain text; Java requires one. */
export const KEYSTORE_PASSWORD = 'changeit';

/** A request for a certificate. */
export interface IdentityRequest {
  /** Service account. */
  readonly account: string;
  /** DNS names that it serves under. @default none: a client only */
  readonly dnsNames?: readonly string[];
  /** Whether the Secret also holds `keystore.p12` and `truststore.p12`, for programs that require them. @default false */
  readonly keystores?: boolean;
  /** See `explain`. */
  readonly origin: string;
}

export interface IdentitiesProps extends IdentityProps {
  readonly environment: string;
  readonly system: string;
  readonly namespace: string;
}

/** Issues certificates for the workloads of a namespace; cert-manager renews them. */
export class Identities extends Construct {
  /** SPIFFE trust domain, such as `dev.shop`. */
  public readonly trustDomain: string;
  readonly #namespace: string;
  readonly #system: string;
  readonly #issuer: IssuerRef;
  readonly #life: Duration;
  readonly #renewBefore: Duration;
  /** Origins of the accounts' certificates. */
  readonly #accounts = new Map<string, string>();

  public constructor(scope: Construct, id: string, props: IdentitiesProps) {
    super(scope, id);
    const { environment, system, namespace, life = LIFE } = props;
    this.trustDomain = `${environment}.${system}`;
    this.#namespace = namespace;
    this.#system = system;
    this.#life = life;
    this.#renewBefore = props.renewBefore ?? Duration.millis(life.toMilliseconds() / 3);
    this.#issuer = makeAuthority(this, namespace, system, props);
  }

  /** SPIFFE ID of a service account in the namespace. */
  public spiffeId(account: string): string {
    return `spiffe://${this.trustDomain}/ns/${this.#namespace}/sa/${account}`;
  }

  /**
   * Issues a certificate to a service account. Each account has one.
   * @throws ConfigurationError for a second one, and if the common name exceeds 64 characters
   */
  public issue(scope: Construct, { account, dnsNames = [], keystores = false, origin }: IdentityRequest): Identity {
    const where = `identity of '${account}'`;
    const owner = this.#accounts.get(account);
    if (owner !== undefined)
      throw new ConfigurationError({
        code: 'identity-duplicate',
        where,
        problem:
          owner === origin
            ? `the account already has a certificate: ${owner} has a workload`
            : `the account already has a certificate: the name is taken by ${owner}, and ${origin} needs it too`,
        fix:
          owner === origin
            ? 'create one workload for each contract, and for each system'
            : 'rename the contract, or the other service account',
      });
    this.#accounts.set(account, origin);
    const commonName = `${account}.${this.#namespace}`;
    if (commonName.length > 64) {
      throw new ConfigurationError({
        code: 'name-too-long',
        where,
        problem: `the common name must have at most 64 characters, '${commonName}' has ${commonName.length}`,
        fix: 'use a shorter account name, or a shorter namespace',
      });
    }
    const secret = `${account}-identity`;
    const spiffeId = this.spiffeId(account);
    customResource(scope, 'identity', origin, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: secret, namespace: this.#namespace, labels: labelsOf(this.#system, account) },
      spec: {
        secretName: secret,
        issuerRef: this.#issuer,
        commonName,
        uris: [spiffeId],
        ...(dnsNames.length > 0 ? { dnsNames: [...dnsNames] } : {}),
        duration: hours(this.#life),
        renewBefore: hours(this.#renewBefore),
        usages: ['digital signature', 'client auth', ...(dnsNames.length > 0 ? ['server auth'] : [])],
        privateKey: { algorithm: 'ECDSA', size: 256, encoding: 'PKCS8', rotationPolicy: 'Always' },
        additionalOutputFormats: [{ type: 'CombinedPEM' }],
        ...(keystores
          ? { keystores: { pkcs12: { create: true, password: KEYSTORE_PASSWORD, profile: 'Modern2023' } } }
          : {}),
      },
    });
    const keys = ['tls.crt', 'tls.key', 'ca.crt', 'tls-combined.pem'];
    return {
      account,
      commonName,
      spiffeId,
      secret,
      files: (folder = IDENTITY_FOLDER) => keys.map((key) => ({ path: `${folder}/${key}`, secret, key })),
    };
  }
}

/** All DNS names of a Service within the cluster, shortest first. */
export function serviceNames(name: string, namespace: string): string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}
