import { ConfigurationError, Duration } from '@groundwork/contract';
import { Construct } from 'constructs';
import { labelsOf } from '../kubernetes/labels.ts';
import { type CustomResource, object } from '../kubernetes/object.ts';
import type { SecretFile } from '../kubernetes/secret-file.ts';
import { hours, type IdentityProps, type IssuerRef, LIFE, makeAuthority } from './authority.ts';

/** Where a pod finds its certificate: `tls.crt`, `tls.key`, `ca.crt`, and `tls-combined.pem` for what wants both in one file. */
export const IDENTITY_FOLDER = '/var/run/groundwork/identity';

/** Who an account of Kubernetes is to everything that it talks to. */
export interface Identity {
  /** Service account, such as `users`. */
  readonly account: string;
  /** Common name of the certificate, `<account>.<namespace>`: Kafka's principal, Postgres' certificate user. */
  readonly commonName: string;
  /** `spiffe://<trust domain>/ns/<namespace>/sa/<account>`. */
  readonly spiffeId: string;
  /** Secret that holds it, renewed in place. */
  readonly secret: string;
  /** Its files, for a container. @param folder where they appear @default IDENTITY_FOLDER */
  files(folder?: string): SecretFile[];
}

/** Of the keystores: beside them in the same Secret lies the key in the clear, so it keeps nothing secret; Java asks for one. */
export const KEYSTORE_PASSWORD = 'changeit';

export interface IdentityRequest {
  readonly account: string;
  /** Names under which it serves. @default none: a client only */
  readonly dnsNames?: readonly string[];
  /** Whether the Secret holds `keystore.p12` and `truststore.p12` too, for programs that read nothing else. @default false */
  readonly keystores?: boolean;
  /** See `explain`. */
  readonly origin: string;
}

export interface IdentitiesProps extends IdentityProps {
  readonly environment: string;
  readonly system: string;
  readonly namespace: string;
}

/** Certificates of a namespace's workloads, issued and renewed by cert-manager. */
export class Identities extends Construct {
  /** Such as `dev.shop`. */
  public readonly trustDomain: string;
  readonly #namespace: string;
  readonly #system: string;
  readonly #issuer: IssuerRef;
  readonly #life: Duration;
  readonly #renewBefore: Duration;
  readonly #accounts = new Set<string>();

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

  /** SPIFFE ID of an account in the namespace. */
  public spiffeId(account: string): string {
    return `spiffe://${this.trustDomain}/ns/${this.#namespace}/sa/${account}`;
  }

  /**
   * Has a certificate issued to an account. Each account has one.
   * @throws ConfigurationError for a second one, and when the account's common name is longer than a certificate holds
   */
  public issue(scope: Construct, { account, dnsNames = [], keystores = false, origin }: IdentityRequest): Identity {
    const where = `identity of '${account}'`;
    if (this.#accounts.has(account))
      throw new ConfigurationError({
        code: 'identity-duplicate',
        where,
        problem: 'the account has one already',
        fix: 'give each workload an account of its own',
      });
    this.#accounts.add(account);
    const commonName = `${account}.${this.#namespace}`;
    if (commonName.length > 64) {
      throw new ConfigurationError({
        code: 'name-too-long',
        where,
        problem: `its common name '${commonName}' has ${commonName.length} characters; a certificate holds 64`,
        fix: 'choose a shorter name, or a shorter namespace',
      });
    }
    const secret = `${account}-identity`;
    const spiffeId = this.spiffeId(account);
    object<CustomResource>(scope, 'identity', origin, {
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
