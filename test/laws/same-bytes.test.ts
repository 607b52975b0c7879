import { test as law } from '@fast-check/jest';
import { type SystemObject, synthesize } from '@groundwork/constructs';
import { describe, expect, jest, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages, system } from '../support/system.ts';
import { systems } from './systems.ts';

const bytes = (entries: readonly SystemObject[]): string => JSON.stringify(entries.map(({ manifest }) => manifest));

describe('law 3, same program, same bytes', () => {
  law.prop([systems], { numRuns: 30 })(
    'law: twice gives identical bytes, in whatever order the contracts are listed',
    (contracts) => {
      const once = bytes(synthesize(system({ contracts })).objects);
      expect(bytes(synthesize(system({ contracts })).objects)).toBe(once);
      expect(bytes(synthesize(system({ contracts: [...contracts].reverse() })).objects)).toBe(once);
    },
  );

  test.each(Object.values(environments))(
    'a synth of $name asks neither clock nor chance, and ignores the process environment',
    (environment) => {
      const before = bytes(synthesize(shop(environment, fixedImages)).objects);
      const forbidden = () => {
        throw new Error('a synth must not ask for this');
      };
      const spies = [
        jest.spyOn(Date, 'now').mockImplementation(forbidden),
        jest.spyOn(Math, 'random').mockImplementation(forbidden),
      ];
      const old = process.env;
      process.env = { HOME: '/elsewhere', TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8' };
      try {
        expect(bytes(synthesize(shop(environment, fixedImages)).objects)).toBe(before);
      } finally {
        process.env = old;
        for (const spy of spies) spy.mockRestore();
      }
    },
  );
});

describe('law 4, stable identity', () => {
  test.each(Object.values(environments))(
    'moving every construct of $name below others gives an empty diff',
    (environment) => {
      /** An app whose charts all end up two constructs deeper than they were asked to. */
      class Moved extends App {
        public readonly deeper = new Construct(new Construct(this, 'team'), 'moved');
      }
      const app = new Moved();
      const moved = shop(environment, fixedImages, app.deeper);
      expect(bytes(synthesize(app).objects)).toBe(bytes(synthesize(shop(environment, fixedImages)).objects));
      expect(moved).toBe(app.deeper);
    },
  );

  test.each(Object.values(environments))(
    'no name, label or selector of $name holds a hash of a construct path',
    (environment) => {
      const suspects = synthesize(shop(environment, fixedImages)).objects.filter(({ manifest }) =>
        JSON.stringify(manifest).includes('cdk8s.io/metadata.addr'),
      );
      expect(suspects).toEqual([]);
      // Only a Job's name ends in a hash: that of its content, since a Job can't be changed.
      const hashed = synthesize(shop(environment, fixedImages)).objects.filter(({ manifest }) =>
        /-[0-9a-f]{8,}$/.test(manifest.metadata.name),
      );
      expect(hashed.filter(({ manifest }) => manifest.kind !== 'Job')).toEqual([]);
    },
  );
});

test("a chart of one's own may stand beside the shop in the same app", () => {
  const app = new App();
  new Chart(app, 'mine');
  expect(() => shop(environments.dev, fixedImages, app)).not.toThrow();
});
