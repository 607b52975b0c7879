import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, secured } from '../../samples.ts';

const ALLOWED = 'NET_BIND_SERVICE';

export const noCapabilities = rule({
  id: 'no-capabilities',
  why: "the runtime's default capabilities allow a process to forge packets, change the owner of files, and more",
  source: 'Pod Security Standards, restricted: Capabilities; CIS Kubernetes Benchmark v1.12, 5.2.8 and 5.2.9',
  fix: `set capabilities: { drop: ['ALL'] }, and add ${ALLOWED} at most`,
  severity: 'critical',
  check: eachContainer(({ container, at }) => {
    const { drop = [], add = [] } = container.securityContext?.capabilities ?? {};
    return [
      ...(drop.includes('ALL') ? [] : [{ field: `${at}.securityContext.capabilities.drop`, what: "lacks 'ALL'" }]),
      ...add
        .filter((name) => name !== ALLOWED)
        .map((name) => ({ field: `${at}.securityContext.capabilities.add`, what: `has ${name}` })),
    ];
  }),
  samples: {
    good: [secured({ capabilities: { drop: ['ALL'], add: [ALLOWED] } })],
    bad: [secured({ capabilities: { drop: ['ALL'], add: ['NET_RAW'] } })],
    alsoBad: [[secured({ capabilities: {} })], [containing({ securityContext: {} })]],
    nearMisses: [[secured({ capabilities: { drop: ['NET_RAW', 'ALL'] } })]],
  },
});
