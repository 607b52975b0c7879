import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

/** A digest, or the content-based tag of an image that is built where it runs. */
const PINNED = /@sha256:[0-9a-f]{64}$|:[0-9a-f]{12}$/;

export const pinnedImage = rule({
  id: 'pinned-image',
  why: 'a tag can be moved to another image without a reviewed change',
  source:
    'SLSA v1.0; NSA/CISA Kubernetes Hardening Guide v1.2, Building secure container images; CIS Docker Benchmark 4.2',
  fix: 'reference the image by digest, as name:version@sha256:…',
  severity: 'critical',
  check: eachContainer(({ container: { image = '' }, at }) =>
    PINNED.test(image) ? [] : [{ field: `${at}.image`, what: `is '${image}', which has no digest` }],
  ),
  samples: {
    good: [containing({ image: `docker.io/library/postgres:15.19@sha256:${'a'.repeat(64)}` })],
    bad: [containing({ image: 'docker.io/library/postgres:15.19' })],
    alsoBad: [[containing({ image: `users@sha256:${'a'.repeat(63)}` })]],
    nearMisses: [[containing({ image: 'town/users:0123456789ab' })]],
  },
});
