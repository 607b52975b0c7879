import type { Manifest } from '@groundwork/constructs';
import { containersOf, isKind } from '../../../../constructs/kubernetes/read.ts';
import type { Observation, Severity } from '../finding.ts';
import { type ImageParts, imageParts } from '../image.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Images that change the major version, are no longer pinned, or come from another repository. */
export const images: EnvironmentRule = {
  id: 'images',
  check: ({ changes }) =>
    changes.flatMap((change) => {
      const was = imagesOf(change.before);
      return [...imagesOf(change.after)].flatMap(([name, after]): Observation[] => {
        const before = was.get(name);
        const found = before === undefined ? undefined : jump(before, after);
        const field = name === '' ? 'image' : `containers[${name}].image`;
        return found === undefined ? [] : [{ ...about(change, ...found), field, before, after }];
      });
    }),
};

function jump(before: string, after: string): [Severity, string, string] | undefined {
  const [was, is] = [imageParts(before), imageParts(after)];
  if (was.digest !== undefined && is.digest === undefined)
    return ['critical', 'its image is no longer pinned by digest', 'pin it: a tag can be moved to another image'];
  if (was.repository !== is.repository)
    return [
      'warning',
      'its image comes from another repository',
      'check that both contain the same software and use the same data format',
    ];
  const [from, to] = [majorOf(was), majorOf(is)];
  if (from === undefined || to === undefined || from === to) return undefined;
  return to > from
    ? [
        'critical',
        `its image is upgraded from major version ${from} to ${to}`,
        'read its upgrade notes; take a backup if it stores data',
      ]
    : [
        'critical',
        `its image is downgraded from major version ${from} to ${to}`,
        'check that the older version can read existing data; most cannot',
      ];
}

/** @returns undefined for a tag that is not a version */
function majorOf({ tag = '' }: ImageParts): number | undefined {
  const major = /^v?(\d{1,4})(\.|-|$)/.exec(tag)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** Images by container; under the empty name for an operator's resource. */
function imagesOf(manifest: Manifest | undefined): ReadonlyMap<string, string> {
  const operated = operatedImage(manifest);
  if (operated !== undefined) return new Map([['', operated]]);
  return new Map(containersOf(manifest).map(({ name = '', image = '' }) => [name, image]));
}

function operatedImage(manifest: Manifest | undefined): string | undefined {
  if (isKind(manifest, 'Cluster')) return manifest.spec?.imageName;
  const version = isKind(manifest, 'Kafka') ? manifest.spec?.kafka?.version : undefined;
  return version && `kafka:${version}`;
}
