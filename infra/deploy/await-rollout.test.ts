import { join } from 'node:path';
import { Duration } from '@groundwork/contract';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FakeCommands, recorder } from '../tools/testing/fake-commands.ts';
import { systemOf } from '../tools/testing/system-of.ts';
import { awaitRollout } from './await-rollout.ts';
import type { Cluster } from './cluster/driver.ts';
import type { Deployment } from './engine.ts';

let commands: FakeCommands;
beforeEach(() => {
  commands = new FakeCommands();
});
afterEach(() => commands.end());

const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'provision', namespace: 'shop-dev' } };
const deployment = (): Deployment => {
  const cluster = { kubectl: [join(commands.folder, 'kubectl')] } as unknown as Cluster;
  return { environment: 'dev', namespace: 'shop-dev', cluster, system: systemOf({ c: [manifest] }) };
};

test('an object that does not exist yet is waited for', async () => {
  const complete = { ...manifest, status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  const seen = join(commands.folder, 'seen');
  commands.add('kubectl', `if [ -e ${seen} ]; then echo '${JSON.stringify({ items: [complete] })}'; fi; : > ${seen}`);
  const steps: string[] = [];
  const progress = { ...recorder(), step: (text: string) => void steps.push(text) };
  await awaitRollout(deployment(), Duration.minutes(1), progress);
  expect(steps).toEqual(['0 of 1 ready; waiting for job provision: not created yet']);
});

test('an object that is never created is named at the timeout', async () => {
  commands.add('kubectl', '');
  await expect(awaitRollout(deployment(), Duration.millis(1), recorder())).rejects.toThrow(
    /Job\/provision in shop-dev: not ready after 1ms: not created yet/,
  );
});
