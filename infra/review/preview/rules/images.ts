import type { Manifest } from '@groundwork/constructs';
import type { Observation } from '../finding.ts';
import { type ImageParts, imageParts } from '../image.ts';
import { templateOf } from '../workloads.ts';
import type { EnvironmentRule } from './rule.ts';

/** Images that jump a major version, are no longer pinned, or come from another repository. */
export const images: EnvironmentRule = {
  id: 'images',
  check: ({ changes }) =>
    changes.flatMap(({ id, before, after, why }) => {
      const old = containers(before);
      return [...containers(after)].flatMap(([name, image]): Observation[] => {
        const was = old.get(name);
        if (was === undefined || was === image) return [];
        const found = jump(was, image);
        const field = name === '' ? 'image' : `containers[${name}].image`;
        return found === undefined ? [] : [{ ...found, subject: id, field, before: was, after: image, cause: why }];
      });
    }),
};

/** Where operators' resources say what runs. */
const OPERATED: Readonly<
  Record<
    string,
    (spec: { readonly imageName?: string; readonly kafka?: { readonly version?: string } }) => string | undefined
  >
> = {
  Cluster: ({ imageName }) => imageName,
  Kafka: ({ kafka }) => kafka?.version && `kafka:${kafka.version}`,
};

function jump(before: string, after: string): Pick<Observation, 'severity' | 'what' | 'advice'> | undefined {
  const [old, young] = [imageParts(before), imageParts(after)];
  if (old.digest !== undefined && young.digest === undefined)
    return {
      severity: 'danger',
      what: 'its image is no longer pinned by digest',
      advice: 'pin it: a tag may be moved to other content',
    };
  if (old.repository !== young.repository)
    return {
      severity: 'caution',
      what: 'its image comes from another repository',
      advice: 'see that both hold the same, and that data formats agree',
    };
  const [from, to] = [majorOf(old), majorOf(young)];
  if (from === undefined || to === undefined || from === to) return undefined;
  return to > from
    ? {
        severity: 'danger',
        what: `its image jumps from major version ${from} to ${to}`,
        advice: 'read its notes on upgrades; take a backup where it holds data',
      }
    : {
        severity: 'danger',
        what: `its image goes back from major version ${from} to ${to}`,
        advice: 'older versions seldom read the data of newer ones',
      };
}

/** @returns undefined for a tag that is no version */
function majorOf({ tag = '' }: ImageParts): number | undefined {
  const major = /^v?(\d{1,4})(\.|-|$)/.exec(tag)?.[1];
  return major === undefined ? undefined : Number(major);
}

function containers(manifest: Manifest | undefined): Map<string, string> {
  const spec = templateOf(manifest)?.spec;
  const operated = OPERATED[manifest?.kind ?? '']?.(manifest?.spec as never);
  if (operated !== undefined) return new Map([['', operated]]);
  return new Map(
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name, image = '' }) => [name, image]),
  );
}
