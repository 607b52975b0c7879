import { createHmac, randomBytes } from 'node:crypto';
import { type Manifest, replaceSecrets } from '@groundwork/constructs';
import { isKind } from '../../../constructs/kubernetes/read.ts';

/** Replaces a secret. */
const HIDDEN = '(hidden)';

/** Random for each run: stand-ins of values can be compared, but not reversed. */
const KEY = randomBytes(32);

/** Stands for a secret value, the same for equal values; `masked` makes it `(hidden)`. */
export function standInFor(value: string): string {
  return `(hidden ${createHmac('sha256', KEY).update(value).digest('hex').slice(0, 8)})`;
}

const STAND_IN = /\(hidden [0-9a-f]{8}\)/g;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * An object with a stand-in for each secret in it: the values of a Secret, and those whose variable, key or flag is
 * named like one. Tokens of deploy-time secrets stay. Without kubectl's copy of the object, which has them all again.
 */
export function withoutSecrets(manifest: Manifest): Manifest {
  const { annotations, ...others } = manifest.metadata;
  const { [LAST_APPLIED]: _, ...rest } = annotations ?? {};
  const kept = annotations === undefined ? manifest.metadata : { ...others, annotations: rest };
  return replaceSecrets(
    { ...decoded(manifest), metadata: kept },
    (secret, before) => before + standInFor(secret),
  ) as Manifest;
}

/** A Secret with its `data` as text where it is text, so that it is equal to the same in `stringData`. */
function decoded(manifest: Manifest): Manifest {
  if (!isKind(manifest, 'Secret') || typeof manifest.data !== 'object' || manifest.data === null) return manifest;
  const texts = Object.entries(manifest.data).map(([key, value]: [string, unknown]) => [key, textOf(value)]);
  return { ...manifest, data: Object.fromEntries(texts) } as unknown as Manifest;
}

function textOf(base64: unknown): unknown {
  if (typeof base64 !== 'string') return base64;
  const text = Buffer.from(base64, 'base64').toString();
  return Buffer.from(text).toString('base64') === base64 ? text : base64;
}

/** Patterns of secrets in any text. Deploy-time secrets are tokens, not secrets, so they pass. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // A private key, whole or truncated.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // A JSON Web Token.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, HIDDEN],
  // The login in a URL.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi, `$1${HIDDEN}`],
  // `password=…`; a path names a file, not a secret.
  [
    /((?:password|passwd|passphrase|secret|token|api[-_]?key|access[-_]?key)["']?\s*=\s*["']?)(?![/<$({])[^\s"',;&]{4,}/gi,
    `$1${HIDDEN}`,
  ],
  // `--token …`, `requirepass …`
  [
    /(--[a-z-]*(?:password|token|secret|key|pass)[ =]|\b(?:requirepass|masterauth) )(?![/<$({])[^\s"',;&]+/gi,
    `$1${HIDDEN}`,
  ],
  // A long run of base64 that isn't hexadecimal, as digests are, nor an object's `Kind/name`.
  [
    /(?<![\w+/:.@-])(?![A-Z][A-Za-z]*\/[a-z0-9-]+(?![\w+/=]))(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{32,}={0,2}(?![\w+/.-])/g,
    HIDDEN,
  ],
  [STAND_IN, HIDDEN],
];

/** `password: …`, which may also be a sentence: only for values. */
const MEMBER: readonly [RegExp, string] = [
  /((?:password|passwd|passphrase|secret|token|api[-_]?key|access[-_]?key)["']?\s*:\s["']?)(?![/<$({[]|true\b|false\b|null\b)[^\s"',;&]{4,}/gi,
  `$1${HIDDEN}`,
];

/** A copy of a value with everything hidden that looks like a secret, for texts without names. */
export function masked<T>(value: T): T;
export function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value.replace(...MEMBER));
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part)]));
}

/** The preview's own sentence, which may quote a value. */
export function maskedText(text: string): string {
  return SECRETS.reduce((rest, [secret, stand]) => rest.replace(secret, stand), text);
}
