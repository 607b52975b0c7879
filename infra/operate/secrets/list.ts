import { type Manifest, parseDeployTimeSecret, type SecretFormat, type System } from '@groundwork/constructs';
import { isKind } from '../../../constructs/kubernetes/read.ts';
import { visit } from '../../../constructs/kubernetes/references.ts';
import { CONSUL } from './consul.ts';
import { GRAFANA } from './grafana.ts';
import type { Procedure } from './procedure.ts';

/** A secret of an environment, as described by its objects; without its value. */
export interface KnownSecret {
  /** Such as `secrets/users/token-keys`, or `users-identity` for a certificate. */
  readonly name: string;
  /** The service or system that uses it. */
  readonly owner: string;
  readonly purpose: string;
  /** Format of its values. */
  readonly format: SecretFormat | 'certificate';
  /** How it is rotated. */
  readonly rotation: Rotation;
  /** The Secret or Certificate it is in. */
  readonly manifest: Manifest;
  /** Its key in the Secret; undefined for a certificate. */
  readonly key?: string;
}

/**
 * `restart`: a new value, then its readers are restarted. `reload`: a new value, which its readers reload. `procedure`: a
 * new value, valid beside the former one until its readers have restarted. `renewal`: by cert-manager, well before
 * expiry. `by hand`: a new value alone would break access.
 */
export type Rotation = 'restart' | 'reload' | 'procedure' | 'renewal' | 'by hand';

/** Store of an environment's deploy-time secrets, one implementation for each engine. */
export interface SecretStore {
  /** Whether the current value is issued by a third party: a generated one must not replace it. */
  isGiven(name: string, format: SecretFormat): boolean;
  /** Generates a next value without storing it. A key set keeps its former key, so that what it signed stays valid. */
  next(name: string, format: SecretFormat): string;
  /** Stores a secret's next value. @param given whether a third party issued it */
  keep(name: string, format: SecretFormat, value: string, given: boolean): Promise<void>;
  /** Applies the stored values to the cluster's Secret, and changes nothing else. */
  handOver(secret: Manifest): Promise<void>;
  /** Removes all values from a text. */
  redact(text: string): string;
}

/** Descriptions for a table. */
export const ROTATIONS: Readonly<Record<Rotation, string>> = {
  restart: 'by command; its pods restart',
  reload: 'by command; its pods reload it',
  procedure: 'by command; its pods restart, then the old value is revoked',
  renewal: 'automatically, well before expiry; by command at once',
  'by hand': 'by hand: see docs/secrets.md',
};

/** Procedures by the name of the secret. */
export const PROCEDURES: ReadonlyMap<string, Procedure> = new Map(Object.entries({ ...CONSUL, ...GRAFANA }));

/** Annotation of a Secret: its keys, separated by commas, that a new value alone doesn't rotate. */
const BY_HAND = 'groundwork/by-hand';

/** All secrets of an environment's objects, sorted by name. */
export function secretsOf({ objects }: System): readonly KnownSecret[] {
  return objects
    .flatMap(({ manifest, origin }) => [...deployTimeSecrets(manifest, origin), ...certificates(manifest, origin)])
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function deployTimeSecrets(manifest: Manifest, why: string): KnownSecret[] {
  if (!isKind(manifest, 'Secret')) return [];
  const { stringData = {} } = manifest;
  const byHand = annotation(manifest, BY_HAND)?.split(',') ?? [];
  return Object.entries(stringData).flatMap(([key, text]) => {
    const value = parseDeployTimeSecret(text);
    if (value === undefined) return [];
    const { name, format } = value;
    const alone = format === 'ed25519-jwks' ? 'reload' : 'restart';
    const rotation = !byHand.includes(key) ? alone : PROCEDURES.has(name) ? 'procedure' : 'by hand';
    return [
      {
        name,
        format,
        rotation,
        owner: ownerOf(manifest),
        purpose: annotation(manifest, 'groundwork/purpose') ?? why,
        manifest,
        key,
      },
    ];
  });
}

function certificates(manifest: Manifest, why: string): KnownSecret[] {
  if (!isKind(manifest, 'Certificate')) return [];
  const { isCA = false } = manifest.spec ?? {};
  const purpose = isCA ? 'signs the certificates of this environment' : why;
  return [
    {
      name: manifest.metadata.name,
      format: 'certificate',
      rotation: 'renewal',
      owner: ownerOf(manifest),
      purpose,
      manifest,
    },
  ];
}

function ownerOf({ metadata }: Manifest): string {
  return metadata.labels?.['app.kubernetes.io/name'] ?? '';
}

function annotation({ metadata }: Manifest, name: string): string | undefined {
  return metadata.annotations?.[name];
}

/** Workloads that read a key of a Secret, such as `deployment/users`. Without CronJobs, whose next pod reads the new value. */
export function readersOf({ objects }: System, secret: string, key: string): readonly string[] {
  return objects
    .filter(({ manifest }) => ROLLED.includes(manifest.kind) && reads(manifest, secret, key))
    .map(({ manifest }) => `${manifest.kind.toLowerCase()}/${manifest.metadata.name}`);
}

const ROLLED: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** A reference to a Secret in a pod: a volume, a projected source, or a variable. */
interface Reference {
  readonly name?: string;
  readonly secretName?: string;
  /** The key that a variable reads. */
  readonly key?: string;
  /** The keys that are mounted. @default all */
  readonly items?: readonly { readonly key: string }[];
}

function reads(manifest: Manifest, secret: string, wanted: string): boolean {
  let found = false;
  visit(manifest, (member, value) => {
    if (!['secret', 'secretRef', 'secretKeyRef'].includes(member)) return;
    const { name, secretName = name, key = wanted, items = [{ key }] } = (value ?? {}) as Reference;
    found ||= secretName === secret && key === wanted && items.some((item) => item.key === wanted);
  });
  return found;
}
