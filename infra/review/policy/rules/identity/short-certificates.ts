import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const MOST_HOURS = 90 * 24;
const certificate = (spec: object) => [
  sample('cert-manager.io/v1', 'Certificate', 'users', { spec: { secretName: 'users', ...spec } }),
];

export const shortCertificates = rule({
  id: 'short-certificates',
  why: 'a stolen key is usable until its certificate expires, and a key that is never rotated stays usable',
  source: 'NIST SP 1800-16B, section 4; CA/Browser Forum Ballot SC-081',
  fix: `set duration to at most ${MOST_HOURS} h, and privateKey.rotationPolicy to Always`,
  severity: 'warning',
  check: ofKind('Certificate', ({ spec: { duration, isCA, privateKey } = {} }) => {
    if (isCA) return []; // a CA's certificate is valid for years, and its key until a rotation: see docs/identity.md
    const hours = Number(/^(\d+)h/.exec(duration ?? '2160h')?.[1] ?? 0);
    return [
      ...(hours > MOST_HOURS ? [{ field: 'spec.duration', what: `is ${duration}` }] : []),
      ...(privateKey?.rotationPolicy === 'Always'
        ? []
        : [{ field: 'spec.privateKey.rotationPolicy', what: 'is not Always' }]),
    ];
  }),
  samples: {
    good: certificate({ duration: '24h0m0s', privateKey: { rotationPolicy: 'Always' } }),
    bad: certificate({ duration: '87600h', privateKey: { rotationPolicy: 'Always' } }),
    alsoBad: [certificate({ duration: '24h' }), certificate({ privateKey: { rotationPolicy: 'Never' } })],
    nearMisses: [
      certificate({ privateKey: { rotationPolicy: 'Always' } }),
      certificate({ duration: '87600h', isCA: true }),
    ],
  },
});
