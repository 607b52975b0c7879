import { synthesize } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { namedImages } from '../infra/cli/program.ts';
import { environments } from './environments/index.ts';
import { shop } from './shop.ts';
import { smoke } from './smoke.ts';

test('each smoke check names workloads of dev, so that a failure shows their pods and logs', () => {
  const workloads = synthesize(shop(environments.dev, namedImages))
    .objects.filter(({ manifest }) => manifest.kind === 'Deployment')
    .map(({ manifest }) => manifest.metadata.name);
  for (const check of smoke) {
    expect(check.workloads).not.toEqual([]);
    expect(workloads).toEqual(expect.arrayContaining([...check.workloads]));
  }
});
