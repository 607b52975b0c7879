import { type Manifest, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { secured, workload } from '../infra/review/policy/samples.ts';
import { type Environment, environments } from '../stacks/environments/index.ts';
import { shop } from '../stacks/shop.ts';
import { checkov } from './support/checkov.ts';
import { kubeScore } from './support/kube-score.ts';
import { compare } from './support/scanner.ts';
import { fixedImages } from './support/system.ts';
import { checkovWaivers, kubeScoreWaivers } from './support/waivers.ts';

const MINUTES = 60_000;

const all: readonly Environment[] = Object.values(environments);
const objectsOf = (environment: Environment): readonly Manifest[] =>
  synthesize(shop(environment, fixedImages)).objects.map(({ manifest }) => manifest);

describe('kube-score', () => {
  test(
    'finds nothing in any environment but what a waiver explains, and every waiver is needed',
    async () => {
      const findings = await Promise.all(all.map((environment) => kubeScore(environment.name, objectsOf(environment))));
      expect(compare(findings.flat(), kubeScoreWaivers)).toEqual({ findings: [], needless: [] });
    },
    5 * MINUTES, // the first run builds it
  );

  test(
    'finds a fault, so its silence means something',
    async () => {
      const findings = await kubeScore('test', [workload(), secured({ privileged: true })]);
      expect(findings.map(({ check }) => check)).toContain(
        'container-security-context-privileged: The container is privileged',
      );
    },
    5 * MINUTES,
  );
});

describe('Checkov', () => {
  test(
    'finds nothing in any environment but what a waiver explains, every waiver is needed, and a planted fault is found',
    async () => {
      const real = Object.fromEntries(all.map((environment) => [environment.name, objectsOf(environment)]));
      const { findings, passed } = await checkov({ ...real, planted: [secured({ privileged: true })] });
      const planted = findings.filter(({ environment }) => environment === 'planted').map(({ check }) => check);
      expect(planted).toContain('CKV_K8S_16: Container should not be privileged');
      const ours = findings.filter(({ environment }) => environment !== 'planted');
      expect(compare(ours, checkovWaivers)).toEqual({ findings: [], needless: [] });
      expect(passed).toBeGreaterThan(1000);
    },
    10 * MINUTES, // the first run installs it
  );
});

describe('a waiver', () => {
  const finding = { check: 'no-root', environment: 'dev', object: 'Deployment/users' };
  const waiver = { rule: 'no-root', object: 'Deployment/*', environments: ['dev'], reason: 'it runs as a user' };
  const open = ['dev: no-root of Deployment/users'];

  test('with a reason lets its finding pass', () => {
    expect(compare([finding], [waiver])).toEqual({ findings: [], needless: [] });
  });

  test.each([
    ['without a reason', { reason: ' ' }, 'dev: no-root of Deployment/*'],
    ['for another environment', { environments: ['staging'] }, 'staging: no-root of Deployment/*'],
    ['for another object', { object: 'Deployment/orders' }, 'dev: no-root of Deployment/orders'],
    ['for another check', { rule: 'no-ports' }, 'dev: no-ports of Deployment/*'],
  ])('%s does not, and is needless', (_, fields, needless) => {
    expect(compare([finding], [{ ...waiver, ...fields }])).toEqual({ findings: open, needless: [needless] });
  });
});
