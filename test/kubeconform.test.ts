import { manifestsOf } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { environments } from '../stacks/environments/index.ts';
import { shop } from '../stacks/shop.ts';
import { kubeconform } from './support/kubeconform.ts';
import { fixedImages } from './support/system.ts';

const MINUTES = 60_000;

/** Operators' kinds: CloudNativePG's schemas come as an npm package, which its construct's test uses; those of its backup plugin and of Strimzi are held against nothing yet. */
const ELSEWHERE = /^((postgresql|barmancloud)\.cnpg\.io|kafka\.strimzi\.io)\//;

describe('kubeconform -strict', () => {
  test.each(Object.values(environments))(
    'takes every object of $name',
    async (environment) => {
      const all = manifestsOf(shop(environment, fixedImages)).map(({ manifest }) => manifest);
      const manifests = all.filter(({ apiVersion }) => !ELSEWHERE.test(apiVersion));
      const verdicts = await kubeconform(manifests);
      expect(verdicts.filter(({ status }) => status !== 'statusValid')).toEqual([]);
      expect(verdicts).toHaveLength(manifests.length);
    },
    5 * MINUTES, // the first run builds it
  );

  test.each([
    ['a field that Kubernetes lacks', { spec: { replica: 1, selector: {}, template: {} } }],
    ['text where a number belongs', { spec: { replicas: 'one', selector: {}, template: {} } }],
    ['a missing field', { spec: { replicas: 1 } }],
  ])(
    'refuses %s, so its yes means something',
    async (_, fault) => {
      const [verdict] = await kubeconform([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, ...fault }]);
      expect(verdict?.status).toBe('statusInvalid');
    },
    5 * MINUTES,
  );

  test.each([
    ["a field that cert-manager's Certificate lacks", { rotation: 'Always' }],
    ['a key of a kind that it does not make', { privateKey: { algorithm: 'DSA' } }],
    ['a certificate that nobody issues', { issuerRef: undefined }],
  ])(
    'refuses %s, by the definition in its Go module',
    async (_, fault) => {
      const spec = { secretName: 'x', issuerRef: { name: 'x' } };
      const made = (more: object) => ({ apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'x' }, spec: { ...spec, ...more } });
      expect((await kubeconform([made({}), made(fault)])).map(({ status }) => status).sort()).toEqual(['statusInvalid', 'statusValid']);
    },
    5 * MINUTES,
  );
});
