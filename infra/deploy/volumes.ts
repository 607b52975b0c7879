import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import type { LiveObject } from './kubectl.ts';

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/** A volume as the code requests it. */
interface Wanted {
  /** Such as `data-postgres-0`. */
  readonly claim: string;
  /** Such as `StatefulSet/postgres`. */
  readonly owner: string;
  readonly spec: ClaimSpec;
}

/**
 * Finds changes to existing volumes that are not possible. The API server rejects them too, but names neither the volume
 * nor a fix, and only after other objects have changed.
 * @param live PersistentVolumeClaims of the namespace
 */
export function validateVolume(live: readonly LiveObject[], manifests: readonly Manifest[]): ConfigurationError[] {
  return manifests.flatMap(wantedOf).flatMap((wanted) => {
    const claim = live.find(({ metadata }) => metadata.name === wanted.claim);
    return claim === undefined ? [] : validateChange(wanted, claim.spec as ClaimSpec, claim.metadata.namespace ?? '');
  });
}

function wantedOf({ kind, metadata, spec }: Manifest): Wanted[] {
  const owner = `${kind}/${metadata.name}`;
  if (kind === 'PersistentVolumeClaim') return [{ claim: metadata.name, owner, spec: spec as ClaimSpec }];
  if (kind !== 'StatefulSet') return [];
  const { replicas = 1, volumeClaimTemplates = [] } = spec as {
    replicas?: number;
    volumeClaimTemplates?: { metadata: { name: string }; spec: ClaimSpec }[];
  };
  return volumeClaimTemplates.flatMap((template) =>
    Array.from({ length: replicas }, (_, pod) => ({
      claim: `${template.metadata.name}-${metadata.name}-${pod}`,
      owner,
      spec: template.spec,
    })),
  );
}

function validateChange({ claim, owner, spec }: Wanted, live: ClaimSpec, namespace: string): ConfigurationError[] {
  const where = `${owner} › volume ${claim}`;
  const [has, requested] = [live, spec].map(({ resources }) => resources?.requests?.storage ?? '0') as [string, string];
  const found: ConfigurationError[] = [];
  if (
    spec.storageClassName !== undefined &&
    live.storageClassName !== undefined &&
    spec.storageClassName !== live.storageClassName
  ) {
    const what = `its storage class is '${live.storageClassName}', but '${spec.storageClassName}' is requested: a volume can't change its class`;
    found.push(
      new ConfigurationError({
        code: 'volume-change-refused',
        where,
        problem: what,
        fix: `keep '${live.storageClassName}', or move the data to a new environment`,
      }),
    );
  }
  if (bytes(requested) < bytes(has)) {
    found.push(
      new ConfigurationError({
        code: 'volume-change-refused',
        where,
        problem: `it has ${has}, but ${requested} is requested: a volume can't shrink`,
        fix: `keep ${has}, or move the data to a new environment`,
      }),
    );
  }
  if (bytes(requested) > bytes(has) && owner.startsWith('StatefulSet/')) {
    const grow = `kubectl -n ${namespace} patch pvc ${claim} -p '{"spec":{"resources":{"requests":{"storage":"${requested}"}}}}'`;
    const release = `kubectl -n ${namespace} delete ${owner.toLowerCase()} --cascade=orphan`;
    const what = `it has ${has}, but ${requested} is requested: the size in a StatefulSet can't be changed`;
    found.push(
      new ConfigurationError({
        code: 'volume-change-refused',
        where,
        problem: what,
        fix: `grow the volume, delete the StatefulSet but not its pods, and deploy again: ${grow} && ${release}`,
      }),
    );
  }
  return found;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

function bytes(quantity: string): number {
  const [, amount, unit] = /^([\d.]+)(\w*)$/.exec(quantity) ?? [];
  return Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
}
