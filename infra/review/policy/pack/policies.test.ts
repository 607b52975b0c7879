import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import type {
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from '@pulumi/policy';
import { outcomesOf } from '../rule.ts';
import { rules } from '../rules/index.ts';
import { sample } from '../samples.ts';
import { policies } from './policies.ts';

const resource = (manifest: Manifest, protect = false) => ({
  type: `kubernetes:${manifest.apiVersion}:${manifest.kind}`,
  props: manifest,
  urn: `urn:pulumi:staging::shop::kubernetes:${manifest.apiVersion}:${manifest.kind}::${manifest.metadata.name}`,
  opts: { protect },
});

/** Reports of a pack on objects, with each policy called as Pulumi calls it. */
async function reports(
  pack: ReturnType<typeof policies>,
  resources: readonly object[],
): Promise<{ policy: string; text: string }[]> {
  const found: { policy: string; text: string }[] = [];
  for (const policy of pack) {
    const report = (text: string) => void found.push({ policy: policy.name, text });
    if ('validateStack' in policy)
      await (policy as StackValidationPolicy).validateStack({ resources } as unknown as StackValidationArgs, report);
    else
      for (const one of resources)
        await (
          policy as {
            validateResource: (args: ResourceValidationArgs, report: (text: string) => void) => void;
          } & ResourceValidationPolicy
        ).validateResource(one as ResourceValidationArgs, report);
  }
  return found;
}

const knowsImage = (image: string) => image.startsWith('registry.example/');

describe("the rules as Pulumi's policies", () => {
  test.each(rules)('law: $id reports each bad sample and no good one', async (rule) => {
    const pack = policies({ knowsImage }).filter(({ name }) => name === rule.id);
    const { good, bad } = outcomesOf(rule);
    for (const objects of good) {
      const resources = objects.map((manifest) => resource(manifest, manifest.metadata.name === 'protected'));
      expect(await reports(pack, resources)).toEqual([]);
    }
    for (const objects of bad) {
      const found = await reports(
        pack,
        objects.map((manifest) => resource(manifest, manifest.metadata.name === 'protected')),
      );
      expect({ objects, found }).not.toEqual({ objects, found: [] });
    }
  });

  test('stop a deployment, except for severity info', () => {
    const levels = new Map(policies().map(({ name, enforcementLevel }) => [name, enforcementLevel]));
    expect(levels.get('no-host-path')).toBe('mandatory');
    expect(levels.get('job-ends')).toBe('advisory');
  });

  test('name object, field and fix', async () => {
    expect(
      await reports(policies(), [resource(sample('v1', 'Service', 'web', { spec: { type: 'NodePort' } }))]),
    ).toEqual([
      {
        policy: 'no-node-port',
        text: 'Service/web: spec.type is NodePort; fix: use an Ingress, or a LoadBalancer for protocols other than HTTP',
      },
    ]);
  });

  test('accept what is excepted in the stack, whose name is the environment', async () => {
    const service = resource(sample('v1', 'Service', 'web', { spec: { type: 'NodePort' } }));
    const exception = {
      rule: 'no-node-port',
      object: 'Service/web',
      environments: ['staging'],
      reason: 'one machine',
      expires: '2027-06-30',
    };
    expect(await reports(policies({ exceptions: [exception] }), [service])).toEqual([]);
    expect(await reports(policies({ exceptions: [{ ...exception, environments: ['dev'] }] }), [service])).toHaveLength(
      1,
    );
  });

  test('check whether Pulumi protects a store', async () => {
    const claim = sample('v1', 'PersistentVolumeClaim', 'data');
    expect(await reports(policies(), [resource(claim, true)])).toEqual([]);
    expect((await reports(policies(), [resource(claim)])).map(({ policy }) => policy)).toEqual(['stores-protected']);
  });

  test('ignore resources of other providers', async () => {
    expect(
      await reports(policies(), [
        { type: 'docker:index/image:Image', props: { imageName: 'x' }, urn: 'urn:pulumi:dev::shop::x::y', opts: {} },
      ]),
    ).toEqual([]);
  });
});
