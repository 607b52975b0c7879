import { type Manifest, parseDeployTimeSecret, type SecretFormat, type System } from '@groundwork/constructs';
import { visit } from '../../../constructs/kubernetes/references.ts';
import { PROCEDURES } from './procedures.ts';

/** A secret of an environment, by what the objects say of it; its value is kept elsewhere. */
export interface KnownSecret {
  /** Such as `secrets/users/token-keys`, or `users-identity` for a certificate. */
  readonly name: string;
  /** Who uses it: a service or a system. */
  readonly owner: string;
  readonly purpose: string;
  /** How a first value is made. */
  readonly format: SecretFormat | 'certificate';
  /** How it gets its next one. */
  readonly rotation: Rotation;
  /** The Secret that holds it. */
  readonly manifest: Manifest;
  /** Its key in the Secret; none for a certificate. */
  readonly key?: string;
}

/**
 * `restart`: a new value, and what mounts it is rolled. `reload`: a new value, which is read again where it is mounted.
 * `procedure`: a new value, which is good beside the former one until all that mounts it is rolled. `renewal`: by
 * cert-manager, well before it ends. `by hand`: a new value alone would lock somebody out.
 */
export type Rotation = 'restart' | 'reload' | 'procedure' | 'renewal' | 'by hand';

/** In words, for a table. */
export const ROTATIONS: Readonly<Record<Rotation, string>> = {
  restart: 'by command; its pods are rolled',
  reload: 'by command; its pods read it again',
  procedure: 'by command; its pods are rolled, then the old value ends',
  renewal: 'by itself, well before its end; by command at once',
  'by hand': 'by hand: see docs/secrets.md',
};

/** Annotation of a Secret: those of its keys, set off by commas, that a new value alone doesn't rotate. */
const BY_HAND = 'groundwork/by-hand';

/** All secrets that an environment's objects hold, by name. */
export function secretsOf({ objects }: System): readonly KnownSecret[] {
  return objects
    .flatMap(({ manifest, origin }) => [...deployTimeSecrets(manifest, origin), ...certificates(manifest, origin)])
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function deployTimeSecrets(manifest: Manifest, why: string): KnownSecret[] {
  if (manifest.kind !== 'Secret') return [];
  const { stringData = {} } = manifest as { stringData?: Record<string, string> };
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
  if (manifest.kind !== 'Certificate') return [];
  const { isCA = false } = manifest.spec as { isCA?: boolean };
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

/** Workloads that read a key of a Secret, as kubectl names them, such as `deployment/users`; a CronJob's next pod reads it by itself. */
export function readersOf({ objects }: System, secret: string, key: string): readonly string[] {
  return objects
    .filter(({ manifest }) => ROLLED.includes(manifest.kind) && reads(manifest, secret, key))
    .map(({ manifest }) => `${manifest.kind.toLowerCase()}/${manifest.metadata.name}`);
}

const ROLLED: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** What names a Secret in a pod: a volume, a source of one, or a variable. */
interface Reference {
  readonly name?: string;
  readonly secretName?: string;
  /** The one key that a variable takes. */
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
