import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

export const knownImage = rule({
  id: 'known-image',
  why: 'an image outside the catalog has no scan, license review or updates',
  source: 'CIS Kubernetes Benchmark v1.12, 5.5.1; NIST SP 800-190, section 4.1.5',
  fix: 'add it to infra/build/images/catalog.ts with a reason and its license',
  severity: 'critical',
  sees: 'environment',
  check: eachContainer(({ container: { image = '' }, at }, _, { knowsImage = () => true }) =>
    knowsImage(image) ? [] : [{ field: `${at}.image`, what: `is '${image}', which is not in the catalog` }],
  ),
  samples: {
    good: [containing({ image: 'registry.example/town/users:1.0.0' })],
    bad: [containing({ image: 'unknown.example/miner:1' })],
    alsoBad: [[containing({ image: undefined })]],
    nearMisses: [[containing({ image: 'registry.example/unknown.example/miner:1' })]],
  },
});
