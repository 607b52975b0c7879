import { change, edit } from '../change.ts';

const IDENTITIES = 'constructs/identity/identities.ts';
const AUTHORITY = 'constructs/identity/authority.ts';

/** Certificates: when cert-manager issues them anew, and when it doesn't. */
export const certificates = [
  change(
    'certificates that live for longer',
    [edit(AUTHORITY, 'LIFE = Duration.hours(24)', 'LIFE = Duration.hours(48)')],
    'notice certificates Certificate/*',
  ),
  change('certificates that are renewed earlier', [
    edit(IDENTITIES, 'renewBefore: hours(this.#renewBefore),', "renewBefore: '12h0m0s',"),
  ]),
  change(
    'larger keys of certificates',
    [edit(IDENTITIES, "algorithm: 'ECDSA', size: 256, encoding", "algorithm: 'ECDSA', size: 384, encoding")],
    'notice certificates Certificate/*',
  ),
  change(
    'another key of the authority, which must not change at once',
    [
      edit(
        AUTHORITY,
        "algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never'",
        "algorithm: 'ECDSA', size: 384, rotationPolicy: 'Never'",
      ),
    ],
    'danger certificates Certificate/identity-authority',
  ),
];
