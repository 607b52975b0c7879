import { type Check, sample } from './check.ts';

/** Such an account lets anybody in. */
export const noEmptyPassword: Check = {
  id: 'DKL-LI-0001',
  severity: 'high',
  what: 'an account has an empty password',
  fix: 'lock the account: passwd -l',
  finds: ({ accounts, shadow }) =>
    [...accounts, ...shadow]
      .map((line) => line.split(':'))
      .filter(([, password]) => password === '')
      .map(([name = '']) => ({ at: name })),
  passes: sample(),
  fails: sample({ shadow: ['root::1::::::'] }),
};
