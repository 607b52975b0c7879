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

/** What a pack says of objects: each policy is run as Pulumi runs it. */
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
        objects.map((manifest) => resource(manifest)),
      );
      expect({ objects, found }).not.toEqual({ objects, found: [] });
    }
  });

  test('stop a deployment, but for what is only information', () => {
    const levels = new Map(policies().map(({ name, enforcementLevel }) => [name, enforcementLevel]));
    expect(levels.get('no-host-path')).toBe('mandatory');
    expect(levels.get('job-ends')).toBe('advisory');
  });

  test('say which object, which field, and how to fix it', async () => {
    expect(
      await reports(policies(), [resource(sample('v1', 'Service', 'door', { spec: { type: 'NodePort' } }))]),
    ).toEqual([
      {
        policy: 'no-node-port',
        text: 'Service/door: spec.type is NodePort; fix: use an Ingress, or a LoadBalancer for what is no HTTP',
      },
    ]);
  });

  test('let pass what is excepted in the stack, which goes by the name of the environment', async () => {
    const door = resource(sample('v1', 'Service', 'door', { spec: { type: 'NodePort' } }));
    const exception = {
      rule: 'no-node-port',
      object: 'Service/door',
      environments: ['staging'],
      reason: 'one machine',
      expires: '2027-06-30',
    };
    expect(await reports(policies({ exceptions: [exception] }), [door])).toEqual([]);
    expect(await reports(policies({ exceptions: [{ ...exception, environments: ['dev'] }] }), [door])).toHaveLength(1);
  });

  test('see whether Pulumi protects a store', async () => {
    const claim = sample('v1', 'PersistentVolumeClaim', 'data');
    expect(await reports(policies(), [resource(claim, true)])).toEqual([]);
    expect((await reports(policies(), [resource(claim)])).map(({ policy }) => policy)).toEqual(['stores-protected']);
  });

  test('leave resources of other providers alone', async () => {
    expect(
      await reports(policies(), [
        { type: 'docker:index/image:Image', props: { imageName: 'x' }, urn: 'urn:pulumi:dev::shop::x::y', opts: {} },
      ]),
    ).toEqual([]);
  });
});
