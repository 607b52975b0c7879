import type { Manifest } from '@groundwork/constructs';
import { containersOf, isKind } from '../../../../constructs/kubernetes/read.ts';
import type { Observation, Severity } from '../finding.ts';
import { type ImageParts, imageParts } from '../image.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Images that jump a major version, are no longer pinned, or come from another repository. */
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
    return ['critical', 'its image is no longer pinned by digest', 'pin it: a tag may be moved to other content'];
  if (was.repository !== is.repository)
    return [
      'warning',
      'its image comes from another repository',
      'see that both hold the same, and that data formats agree',
    ];
  const [from, to] = [majorOf(was), majorOf(is)];
  if (from === undefined || to === undefined || from === to) return undefined;
  return to > from
    ? [
        'critical',
        `its image jumps from major version ${from} to ${to}`,
        'read its notes on upgrades; take a backup where it holds data',
      ]
    : [
        'critical',
        `its image goes back from major version ${from} to ${to}`,
        'older versions seldom read the data of newer ones',
      ];
}

/** @returns undefined for a tag that is no version */
function majorOf({ tag = '' }: ImageParts): number | undefined {
  const major = /^v?(\d{1,4})(\.|-|$)/.exec(tag)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** Images by container; by the empty name where an operator's resource says what runs. */
function imagesOf(manifest: Manifest | undefined): ReadonlyMap<string, string> {
  const operated = operatedImage(manifest);
  if (operated !== undefined) return new Map([['', operated]]);
  return new Map(containersOf(manifest).map(({ name, image = '' }) => [name, image]));
}

function operatedImage(manifest: Manifest | undefined): string | undefined {
  if (isKind(manifest, 'Cluster')) return manifest.spec?.imageName;
  const version = isKind(manifest, 'Kafka') ? manifest.spec?.kafka?.version : undefined;
  return version && `kafka:${version}`;
}
