import type { X509Certificate } from 'node:crypto';
import { Cpu, Graph, Platform, Size, synthesize } from '@groundwork/constructs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import type { Kubectl } from '../infra/deploy/kubectl.ts';
import { type Held, heldBy } from '../infra/operate/identity/certificate.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { OwnNamespace } from './support/own-namespace.ts';

const COMPANY = 'groundwork-test-company';
const CERT_MANAGER = 'cert-manager';

/** A namespace whose certificates come from an authority that others keep: a ClusterIssuer. */
class Office extends OwnNamespace {
  public constructor(kubectl: Kubectl) {
    super(kubectl, 'office');
  }

  public async deploy(): Promise<void> {
    const app = new App();
    const platform = new Platform(new Chart(app, 'platform'), 'platform', {
      environment: 'office',
      system: 'town',
      graph: new Graph([]),
      quota: { cpu: Cpu.units(1), memory: Size.gibibytes(1), storage: Size.gibibytes(1), pods: 1 },
      identity: { clusterIssuer: COMPANY },
    });
    platform.identities.issue(new Chart(app, 'users'), { account: 'users', origin: 'a test', dnsNames: ['users'] });
    const manifests = synthesize(app).objects.map(({ manifest }) => manifest);
    await this.apply(...manifests.filter(({ kind }) => kind === 'Namespace'));
    await this.apply(...company(), ...manifests.filter(({ kind }) => kind !== 'Namespace'));
    const certificates = [
      '--namespace',
      CERT_MANAGER,
      'wait',
      `certificate/${COMPANY}`,
      '--for=condition=Ready',
      '--timeout=120s',
    ];
    await this.kubectl.run(certificates);
    await this.run('wait', 'certificate/users-identity', '--for=condition=Ready', '--timeout=120s');
  }

  public override async remove(): Promise<void> {
    await super.remove();
    await this.kubectl.run(['delete', 'clusterissuer', COMPANY, `${COMPANY}-root`, '--ignore-not-found']);
    await this.kubectl.run([
      '--namespace',
      CERT_MANAGER,
      'delete',
      `certificate/${COMPANY}`,
      `secret/${COMPANY}`,
      '--ignore-not-found',
    ]);
  }

  public async held(name: string, namespace = this.namespace): Promise<Held> {
    const held = heldBy(await this.kubectl.get('secret', name, namespace));
    if (held === undefined) throw new Error(`secret ${name} holds no certificate`);
    return held;
  }
}

/** What a company's own team would have in the cluster before Groundwork comes. */
function company(): object[] {
  const issuer = (name: string, spec: object) => ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name },
    spec,
  });
  const spec = {
    isCA: true,
    commonName: COMPANY,
    secretName: COMPANY,
    issuerRef: { kind: 'ClusterIssuer', name: `${COMPANY}-root` },
  };
  return [
    issuer(`${COMPANY}-root`, { selfSigned: {} }),
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: COMPANY, namespace: CERT_MANAGER },
      spec,
    },
    issuer(COMPANY, { ca: { secretName: COMPANY } }),
  ];
}

let dev: Dev;
let office: Office;
beforeAll(async () => {
  dev = await devAsItRuns();
  office = new Office(dev.kubectl);
  await office.deploy();
}, 30 * 60_000);
afterAll(async () => {
  await office?.remove();
  await devDown(dev);
}, 120_000);

test('an existing ClusterIssuer signs the identities, and the namespace has no authority of its own', async () => {
  const { chain, trusted } = await office.held('users-identity');
  const [users, authority] = [chain[0], (await office.held(COMPANY, CERT_MANAGER)).chain[0]] as [
    X509Certificate,
    X509Certificate,
  ];
  expect(users.subjectAltName).toContain(`URI:spiffe://office.town/ns/${office.namespace}/sa/users`);
  expect(users.verify(authority.publicKey)).toBe(true);
  expect(trusted.fingerprint256).toBe(authority.fingerprint256);
  expect(await office.run('get', 'issuers', '--output=name')).toBe('');
});
