import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { deploymentPlan } from '../../infra/bridge/plan.ts';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from '../support/system.ts';

/**
 * Resources in the state of a stack that version f7c844b deployed: environment, component, type and name. Jobs are left
 * out, since their names are new whenever their content is.
 */
const FORMER = readFileSync(join(import.meta.dirname, 'pulumi-names.txt'), 'utf8')
  .trim()
  .split('\n');

test.each(Object.entries(environments))(
  'law: in %s each resource of an earlier state has the same name in Pulumi, or an alias, so that no upgrade creates it again',
  (name, environment) => {
    const former = FORMER.filter((line) => line.startsWith(`${name} `));
    const planned = deploymentPlan(synthesize(shop(environment, fixedImages)));
    const known = new Set(
      planned.objects.flatMap(({ component, type, name: own, earlier }) =>
        [component.name, ...component.formerNames].flatMap((chart) =>
          [{ type, name: own }, ...earlier].map((one) => `${name} ${chart} ${one.type} ${one.name}`),
        ),
      ),
    );
    expect(former.length).toBeGreaterThan(150);
    expect(former.filter((line) => !known.has(line))).toEqual([]);
  },
);
