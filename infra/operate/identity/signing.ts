import { ConfigurationError } from '@groundwork/contract';
import { type Kubectl, type LiveObject, ROTATION_MANAGER } from '../../deploy/index.ts';
import { until } from '../../tools/wait.ts';
import {
  CERTIFICATES,
  type Held,
  heldBy,
  isFrom,
  isSelfSigned,
  issueAgain,
  type LiveCertificate,
} from './certificate.ts';
import type { Authority, Signing } from './rotation.ts';

const ISSUERS = 'issuers.cert-manager.io';

interface LiveIssuer extends LiveObject {
  readonly spec?: { readonly ca?: { readonly secretName: string } };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/** The Issuer that signs workloads' certificates; see constructs/identity/authority.ts. */
export const ISSUER = 'identity';
const SELF_SIGNED = 'identity-self-signed';

/** Name of each authority's Certificate, its Secret, and the Issuer with which it signs the other. */
const NAMES: Readonly<Record<Authority, string>> = { current: 'identity-authority', next: 'identity-authority-next' };

/** Name of a Secret that never exists: the Issuer stays unready. */
const NONE = 'identity-none';

/** Signs through cert-manager, so that no key leaves the cluster. */
export class CertManagerSigning implements Signing {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  public readonly taken: Signing['taken'];

  public constructor(kubectl: Kubectl, namespace: string, taken: Signing['taken']) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
    this.taken = taken;
  }

  public async sign(authority: Authority, by: Authority, key: 'kept' | 'new' = 'kept'): Promise<void> {
    const name = NAMES[authority];
    if ((await this.#kubectl.get(CERTIFICATES, name, this.#namespace)) === undefined) await this.#make(name);
    if (by !== authority) await this.#apply(this.#issuer(NAMES[by]));
    const issuerRef = { name: by === authority ? SELF_SIGNED : NAMES[by], kind: 'Issuer', group: 'cert-manager.io' };
    await this.#patch(CERTIFICATES, name, {
      issuerRef,
      privateKey: { rotationPolicy: key === 'new' ? 'Always' : 'Never' },
    });
    if (key === 'new') {
      await issueAgain(this.#kubectl, this.#namespace, name);
      await this.#patch(CERTIFICATES, name, { privateKey: { rotationPolicy: 'Never' } });
    }
    await this.#until(`${name} is signed by ${issuerRef.name}`, async () => {
      const held = await this.#held(name);
      const signer = by === authority ? held : await this.#held(NAMES[by]);
      if (held === undefined || signer === undefined) return false;
      return by === authority ? isSelfSigned(held) : isFrom(held, signer);
    });
  }

  public async issueFrom(authority: Authority | 'none'): Promise<void> {
    await this.#patch(ISSUERS, ISSUER, { ca: { secretName: authority === 'none' ? NONE : NAMES[authority] } });
    const wanted = authority === 'none' ? 'False' : 'True';
    await this.#until(`the Issuer is ${authority === 'none' ? 'not ready' : 'ready'}`, async () => {
      const issuer = await this.#kubectl.get<LiveIssuer>(ISSUERS, ISSUER, this.#namespace);
      return (issuer?.status?.conditions ?? []).some(
        (one) =>
          one.type === 'Ready' && one.status === wanted && one.observedGeneration === issuer?.metadata.generation,
      );
    });
  }

  public async renewAll(): Promise<void> {
    const issuer = await this.#kubectl.get<LiveIssuer>(ISSUERS, ISSUER, this.#namespace);
    const authority = await this.#held(issuer?.spec?.ca?.secretName ?? NONE);
    if (authority === undefined)
      throw new ConfigurationError({
        code: 'authority-missing',
        where: `issuer '${ISSUER}'`,
        problem: 'its Secret has no certificate',
        fix: 'run the command again',
      });
    const others = async () => {
      const certificates = await this.#kubectl.list<LiveCertificate>(this.#namespace, CERTIFICATES);
      const secrets = new Map(
        (await this.#kubectl.list(this.#namespace, 'secrets')).map((secret) => [secret.metadata.name, secret]),
      );
      const issued = certificates.filter(
        ({ spec }) => spec.issuerRef.name === ISSUER && spec.issuerRef.kind === 'Issuer',
      );
      return issued.filter(({ spec }) => {
        const held = heldBy(secrets.get(spec.secretName));
        return held === undefined || !isFrom(held, authority);
      });
    };
    for (let left = await others(), tries = 3; left.length > 0; left = await others()) {
      if (tries-- === 0) {
        const names = left.map(({ metadata }) => metadata.name).join(', ');
        throw new ConfigurationError({
          code: 'authority-foreign',
          where: `certificates ${names}`,
          problem: 'cert-manager repeatedly issued them by another authority',
          fix: 'find what changes their Issuer, and run the command again',
        });
      }
      await Promise.all(left.map(({ metadata }) => issueAgain(this.#kubectl, this.#namespace, metadata.name)));
    }
  }

  public async end(): Promise<void> {
    const all = [
      `${CERTIFICATES}/${NAMES.next}`,
      ...Object.values(NAMES).map((name) => `${ISSUERS}/${name}`),
      `secret/${NAMES.next}`,
    ];
    await this.#kubectl.run(['delete', ...all, '--namespace', this.#namespace, '--ignore-not-found']);
  }

  /** Creates an authority with the spec of the current one and another name, which identifies the issuer of a certificate. */
  async #make(name: string): Promise<void> {
    const { spec } = (await this.#kubectl.get(CERTIFICATES, NAMES.current, this.#namespace)) as LiveCertificate;
    const commonName = `${`${spec.commonName}`.slice(0, 59)} next`;
    await this.#apply({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name },
      spec: { ...spec, commonName, secretName: name },
    });
  }

  #issuer(name: string): object {
    return { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata: { name }, spec: { ca: { secretName: name } } };
  }

  async #held(name: string): Promise<Held | undefined> {
    return heldBy(await this.#kubectl.get('secret', name, this.#namespace));
  }

  async #apply(object: object): Promise<void> {
    const args = [
      'apply',
      '--server-side',
      `--field-manager=${ROTATION_MANAGER}`,
      '--namespace',
      this.#namespace,
      '-f',
      '-',
    ];
    await this.#kubectl.run(args, { input: JSON.stringify(object) });
  }

  async #patch(kind: string, name: string, spec: object): Promise<void> {
    const patch = ['--type=merge', `--field-manager=${ROTATION_MANAGER}`, '--patch', JSON.stringify({ spec })];
    await this.#kubectl.run(['patch', kind, name, '--namespace', this.#namespace, ...patch]);
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    if (await until(holds, 60_000, 500)) return;
    throw new ConfigurationError({
      code: 'timeout',
      where: 'cert-manager',
      problem: `timeout after a minute: expected that ${what}`,
      fix: 'check the object with `kubectl describe`, and run the command again: it continues',
    });
  }
}
