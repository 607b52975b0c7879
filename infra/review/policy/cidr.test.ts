import { fc, test } from '@fast-check/jest';
import { describe, expect } from '@jest/globals';
import { type AddressBlock, coverAll } from './cidr.ts';

const blocks = (...cidrs: string[]): AddressBlock[] => cidrs.map((cidr) => ({ cidr }));

describe('ranges', () => {
  test.each([
    [['0.0.0.0/0']],
    [['::/0']],
    [['0.0.0.0/1', '128.0.0.0/1']],
    [['128.0.0.0/1', '10.0.0.0/8', '64.0.0.0/2', '0.0.0.0/2']],
    [['::/1', '8000::/1', '10.0.0.0/8']],
  ])('that have all addresses: %j', (cidrs) => {
    expect(coverAll(blocks(...cidrs))).toBe(true);
  });

  test.each([
    [[]],
    [['0.0.0.0/1']],
    [['0.0.0.0/1', '8000::/1']],
    [['0.0.0.0/2', '128.0.0.0/1']],
    [['::/1', 'c000::/2']],
    [['anywhere', '300.0.0.0/0', '0.0.0.0/40']],
  ])('that lack some: %j', (cidrs) => {
    expect(coverAll(blocks(...cidrs))).toBe(false);
  });

  test('without parts, unless another has the part', () => {
    const except = { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '192.168.0.0/16'] };
    expect(coverAll([except])).toBe(false);
    expect(coverAll([except, ...blocks('10.0.0.0/8')])).toBe(false);
    expect(coverAll([except, ...blocks('10.0.0.0/9', '10.128.0.0/9', '192.168.0.0/16')])).toBe(true);
  });

  test.prop([fc.array(fc.nat({ max: 32 }), { maxLength: 20 })])(
    'law: splitting a range changes nothing, and leaving out a part of a split does',
    (choices) => {
      let [parts, next] = [[{ base: 0, length: 0 }], 0];
      for (const choice of choices) {
        const [one] = parts.splice(choice % parts.length, 1);
        if (one === undefined || one.length === 32) break;
        const length = one.length + 1;
        parts = [...parts, { base: one.base, length }, { base: one.base + 2 ** (32 - length), length }];
        next = choice;
      }
      const cidrs = parts.map(
        ({ base, length }) =>
          `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${length}`,
      );
      expect(coverAll(blocks(...cidrs))).toBe(true);
      expect(coverAll(blocks(...cidrs.toSpliced(next % cidrs.length, 1)))).toBe(false);
    },
  );
});
