import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

const digest = `@sha256:${'a'.repeat(64)}`;

export const noLatestImage = rule({
  id: 'no-latest-image',
  why: 'the running version is unknown, and so are its vulnerabilities',
  source: 'Kubernetes documentation, Configuration Best Practices; kube-score, container-image-tag',
  fix: 'add a version tag in addition to the digest',
  severity: 'warning',
  check: eachContainer(({ container: { image = '' }, at }) => {
    const tag = /:([^/:@]+)(@|$)/.exec(image.replace(/@.*/, ''))?.[1];
    return tag === undefined || tag === 'latest'
      ? [
          {
            field: `${at}.image`,
            what: `is '${image}', which has ${tag === undefined ? 'no tag' : "the tag 'latest'"}`,
          },
        ]
      : [];
  }),
  samples: {
    good: [containing({ image: `quay.io/town/users:1.0.0${digest}` })],
    bad: [containing({ image: `quay.io/town/users:latest${digest}` })],
    alsoBad: [
      [containing({ image: 'localhost:5000/town/users' })],
      [containing({ image: `quay.io/town/users${digest}` })],
    ],
    nearMisses: [[containing({ image: `localhost:5000/town/latest:1.0.0${digest}` })]],
  },
});
