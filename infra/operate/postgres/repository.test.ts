import { expect, test } from '@jest/globals';
import { readCheck, rejectDamage } from './repository.ts';

/** Log in the format of pgBackRest 2.45. */
const checked = (
  status: string,
  invalid: number,
) => `info [{"backup":[{"label":"20260131-010000F","timestamp":{"start":1769821200,"stop":1769821260}}],"name":"main"}]
stanza: main
status: ${status}
  archiveId: 15-1, total WAL checked: 10, total valid WAL: 10
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20260131-010000F, status: ${invalid > 0 ? 'invalid' : 'valid'}, total files checked: 1199, total valid files: ${1199 - invalid}
    missing: 0, checksum invalid: ${invalid}, size invalid: 0, other: 0
`;

test('an intact repository lists its backups, and when each was complete', () => {
  const found = readCheck(checked('ok', 0));
  expect(found).toEqual({
    backups: [{ label: '20260131-010000F', complete: new Date('2026-01-31T01:01:01Z') }],
    damage: [],
  });
  expect(() => rejectDamage(found)).not.toThrow();
});
test('damage is rejected with the damaged backup', () => {
  expect(() => rejectDamage(readCheck(checked('error', 2)))).toThrow(
    /verify found damage:\nbackup: 20260131-010000F, .*checksum invalid: 2/,
  );
});
test('an incomplete check counts as damage', () => {
  expect(() => rejectDamage(readCheck(`${checked('ok', 0).split('\n')[0]}\nERROR: [055]: unable to open`))).toThrow(
    /no result: ERROR: \[055\]/,
  );
});
test('an error status without a backup is reported in full', () => {
  expect(() => rejectDamage(readCheck(checked('error', 0)))).toThrow(/status: error/);
});
test('an unreadable repository is a separate error', () => {
  expect(() => readCheck('ERROR: [056]: unable to find primary')).toThrow(/can't be read: ERROR: \[056\]/);
});
