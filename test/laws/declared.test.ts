import { type Guarantee, type Requirement, type SystemObject, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { contracts } from '../../services/contracts/index.ts';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages } from '../support/system.ts';

const all = Object.values(environments);
const entriesOf = (environment: (typeof all)[number]): readonly SystemObject[] =>
  synthesize(shop(environment, fixedImages)).objects;

describe('law 1, one declaration', () => {
  test.each(all)('$name repeats nothing of what the services serve, own or call', (environment) => {
    const text = JSON.stringify(environment);
    for (const { http, owns } of contracts) {
      for (const { path } of Object.values(http)) expect(text).not.toContain(`"${path}"`);
      for (const need of owns) if ('migrations' in need) expect(text).not.toContain(need.migrations);
    }
  });
});

describe('law 7, deploy-time secrets, and law 8, no secret leaks', () => {
  test.each(all)(
    'every Secret of $name contains deploy-time secrets only, and no other object has one',
    (environment) => {
      for (const { manifest } of entriesOf(environment)) {
        const { stringData = {}, data, ...rest } = manifest as { stringData?: Record<string, string>; data?: unknown };
        if (manifest.kind === 'Secret') {
          expect(data).toBeUndefined();
          // CloudNativePG reads a bucket's region from the Secret with its keys.
          const { region: _, ...secret } = stringData;
          expect(Object.values(secret).filter((value) => !/^<<secret:[a-z0-9-]+:[a-z0-9/-]+>>$/.test(value))).toEqual(
            [],
          );
        }
        expect(JSON.stringify(rest)).not.toContain('<<secret:');
      }
    },
  );

  test.each(all)('pods of $name get secrets as files, never as environment variables', (environment) => {
    const text = JSON.stringify(entriesOf(environment).map(({ manifest }) => manifest));
    expect(text).not.toMatch(/secretKeyRef|"secretRef"/);
    const variables = [
      ...text.matchAll(/"name":"([A-Z_]*(?:PASSWORD|SECRET|TOKEN|KEY)(?!SPACE)[A-Z_]*)","value":"([^"]*)"/g),
    ];
    // A value that is a path names a file; the issuer of tokens is a URL.
    expect(
      variables.filter(([, name, value]) => !value?.startsWith('/') && name !== 'TOKEN_ISSUER').map(([, name]) => name),
    ).toEqual([]);
  });

  test.each(all)(
    'every Secret of $name is mounted by one workload, and by the jobs that reconcile the server with it',
    (environment) => {
      const entries = entriesOf(environment);
      for (const { manifest } of entries.filter(({ manifest: { kind } }) => kind === 'Secret')) {
        const users = entries.filter(
          ({ manifest: other }) =>
            other.kind !== 'Secret' && JSON.stringify(other).includes(`"${manifest.metadata.name}"`),
        );
        const services = users.filter(({ manifest: { kind } }) => kind === 'Deployment');
        expect(services.length).toBeLessThanOrEqual(1);
        expect(users.length).toBeGreaterThan(0);
      }
    },
  );
});

describe('law 9, a guarantee is provided or waived', () => {
  const waivers = all.flatMap((environment) =>
    Object.entries(environment.requirements).flatMap(([kind, requirement]) =>
      Object.keys(requirement.waived ?? {}).map((guarantee) => ({ environment, kind, requirement, guarantee })),
    ),
  );

  test.each(waivers)(
    '$environment.name waives $guarantee of $kind with a reason; without the waiver or its reason the synth fails',
    ({ environment, kind, requirement, guarantee }) => {
      const { waived = {} } = requirement;
      const { [guarantee as Guarantee]: _, ...others } = waived;
      const synth = (waived: NonNullable<Requirement['waived']>) => () =>
        shop(
          { ...environment, requirements: { ...environment.requirements, [kind]: { ...requirement, waived } } },
          fixedImages,
        );
      expect(synth(waived)).not.toThrow();
      expect(synth(others)).toThrow(`'${guarantee}' is required`);
      expect(synth({ ...waived, [guarantee]: ' ' })).toThrow('the waiver has no reason');
    },
  );

  test('an unmet requirement fails the synth, before any manifest is written', () => {
    const { production } = environments;
    const strict = { ...production, requirements: { postgres: { guarantees: ['rolls-without-downtime' as const] } } };
    expect(() => shop(strict, fixedImages)).toThrow(/'rolls-without-downtime' is required/);
  });
});

describe('law 11, every object has an origin', () => {
  test.each(all)('each object of $name names a contract, a backing service or a prop', (environment) => {
    const services = contracts.map(({ name }) => name).join('|');
    const cause = new RegExp(
      `^(contract '(${services}|grafana)'|event '|contracts\\b|platform\\.|environment\\.|(postgres|cassandra|kafka|consul|prometheus|grafana)\\b|(${services})\\.)`,
    );
    expect(entriesOf(environment).filter(({ origin }) => !cause.test(origin))).toEqual([]);
  });
});
