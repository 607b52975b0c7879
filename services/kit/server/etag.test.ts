import { expect, test } from '@jest/globals';
import { checkVersion, etagOf } from './etag.ts';

test.each([undefined, '*', '"7"', '"6", "7"'])(
  'a change of the version that the caller has is made: if-match %s',
  (sent) => {
    expect(() => checkVersion({ 'if-match': sent }, 7)).not.toThrow();
    expect(etagOf(7)).toBe('"7"');
  },
);

test.each(['"6"', '7', 'W/"7"', '"77"', ''])('a change of another version is a 412: if-match %s', (sent) => {
  expect(() => checkVersion({ 'if-match': sent }, 7)).toThrow(
    expect.objectContaining({ code: 'precondition-failed', status: 412 }),
  );
});
