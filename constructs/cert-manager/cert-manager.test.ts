import { describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { at, objectsOf } from '../../test/support/system.ts';
import { CertManager, type CertManagerProps, type Manifest } from '../index.ts';

const definition = (kind: string): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.cert-manager.io` },
  spec: { names: { kind } },
});
const definitions = ['Certificate', 'CertificateRequest', 'Issuer', 'ClusterIssuer'].map(definition);
const images = { controller: 'controller:1', webhook: 'webhook:1', cainjector: 'cainjector:1' };
const PROGRAMS = ['cert-manager', 'cert-manager-webhook', 'cert-manager-cainjector'];

function made(props: Partial<CertManagerProps> = {}): Readonly<Record<string, Manifest>> {
  const app = new App();
  new CertManager(new Chart(app, 'cert-manager'), 'cert-manager', { images, definitions, ...props });
  return objectsOf(app);
}
interface Role {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}
const rulesOf = (name: string) => (made()[name] as unknown as Role).rules;

describe('cert-manager', () => {
  test.each(PROGRAMS)('runs %s hardened, with two pods, and loses one at a time to maintenance', (name) => {
    const objects = made();
    const pod = at(objects[`Deployment/${name}`], 'spec.template.spec');
    expect(at(pod, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(at(pod, 'containers.0.securityContext')).toMatchObject({
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(at(objects[`Deployment/${name}`], 'spec.replicas')).toBe(2);
    expect(at(objects[`PodDisruptionBudget/${name}`], 'spec.maxUnavailable')).toBe(1);
  });
  test('has a separate isolated namespace, restricted and with a quota that its pods fit in during a rollout', () => {
    const objects = made();
    expect(at(objects['Namespace/cert-manager'], 'metadata.labels')).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(objects).toHaveProperty(['NetworkPolicy/default-deny']);
    expect(at(objects['ResourceQuota/cert-manager'], 'spec.hard.pods')).toBe('9');
  });
  test('with a single pod has no budget, which would block the drain of its node', () => {
    expect(Object.keys(made({ replicas: 1 })).filter((key) => key.startsWith('PodDisruptionBudget'))).toEqual([]);
  });
  test('is installed together with its CustomResourceDefinitions', () => {
    expect(made()).toHaveProperty(['CustomResourceDefinition/certificates.cert-manager.io']);
  });
  test('rejects objects while the webhook does not respond', () => {
    expect(at(made()['ValidatingWebhookConfiguration/cert-manager-webhook'], 'webhooks.0.failurePolicy')).toBe('Fail');
  });
});

describe('the permissions of cert-manager', () => {
  test.each(PROGRAMS)('have no wildcard for %s', (name) => {
    for (const role of [`ClusterRole/${name}`, `Role/${name}`]) {
      for (const { apiGroups, resources, verbs } of rulesOf(role))
        expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
    }
  });
  test('cover issuing only: no pods, no routes, no RBAC, no ACME', () => {
    const writes = rulesOf('ClusterRole/cert-manager').filter(({ verbs }) =>
      verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    );
    expect(new Set(writes.flatMap(({ apiGroups }) => apiGroups))).toEqual(new Set(['cert-manager.io', '']));
    expect(
      new Set(writes.filter(({ apiGroups: [group] }) => group === '').flatMap(({ resources }) => resources)),
    ).toEqual(new Set(['secrets', 'events']));
  });
  test('include secrets of other namespaces in no program that other clients connect to', () => {
    expect(rulesOf('ClusterRole/cert-manager-webhook').flatMap(({ resources }) => resources)).toEqual([
      'subjectaccessreviews',
    ]);
  });
});

describe('cert-manager is rejected', () => {
  test.each<[string, Partial<CertManagerProps>, string]>([
    ['without replicas', { replicas: 0 }, 'cert-manager › replicas'],
    [
      'without its CustomResourceDefinitions',
      { definitions: [definition('Issuer')] },
      'definitions are missing for Certificate, CertificateRequest, ClusterIssuer',
    ],
    ['without any definitions', { definitions: undefined as never }, 'definitions are missing for'],
    ['in a namespace that is not a DNS label', { namespace: 'Cert Manager' }, 'cert-manager › namespace'],
  ])('%s', (_, props, part) => {
    expect(() => made(props)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(part) }),
    );
  });
});
