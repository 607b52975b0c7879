import { createHmac, randomBytes } from 'node:crypto';
import { type Manifest, parseDeployTimeSecret } from '@groundwork/constructs';
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

/** What the name of a variable, key or flag ends with, if its value is a secret. */
const NAME =
  /(?:password|passwd|passphrase|requirepass|masterauth|token|api[-_]?key|access[-_]?key|private[-_]?key|client[-_]?secret|credentials?|(?:^|[-_.])(?:pass|secret))s?$/i;
/** The same of a flag with its value, such as `--token=…`. */
const FLAG = /^(-{1,2}[\w.-]+)=([\s\S]+)$/;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * An object with a stand-in for each secret in it: the values of a Secret, and those whose variable, key or flag is
 * named like one. Tokens of deploy-time secrets stay. Without kubectl's copy of the object, which has them all again.
 */
export function withoutSecrets(manifest: Manifest): Manifest {
  const { metadata, ...rest } = manifest;
  const { annotations, ...others } = metadata;
  const { [LAST_APPLIED]: _, ...kept } = annotations ?? {};
  const fields = isKind(manifest, 'Secret')
    ? { ...rest, data: hidden(rest.data), stringData: hidden(rest.stringData) }
    : hiddenIn(rest);
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  const named = annotations === undefined ? metadata : { ...others, annotations: kept };
  return { ...Object.fromEntries(defined), metadata: hiddenIn(named) } as Manifest;
}

/** A value of which each text is secret. */
function hidden(value: unknown): unknown {
  if (typeof value === 'string') return isReference(value) ? value : standInFor(value);
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, hidden(part)]));
}

/** A value in which the names of fields, variables and flags tell which texts are secret. */
function hiddenIn<T>(value: T): T;
function hiddenIn(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => {
      if (typeof item !== 'string') return hiddenIn(item);
      const flag: unknown = value[index - 1];
      if (typeof flag === 'string' && flag.startsWith('-') && NAME.test(flag) && !item.startsWith('-'))
        return hidden(item);
      const [, name = '', text = ''] = FLAG.exec(item) ?? [];
      return NAME.test(name) ? `${name}=${hidden(text)}` : item;
    });
  if (typeof value !== 'object' || value === null) return value;
  const name = 'name' in value && typeof value.name === 'string' ? value.name : '';
  const entries = Object.entries(value).map(([key, part]: [string, unknown]) => {
    const isSecret = (NAME.test(key) && isTexts(part)) || (key === 'value' && NAME.test(name));
    return [key, isSecret ? hidden(part) : hiddenIn(part)];
  });
  return Object.fromEntries(entries);
}

function isTexts(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

/** Whether a text stands for a value that is elsewhere, or for none. */
function isReference(text: string): boolean {
  return text === '' || parseDeployTimeSecret(text) !== undefined || /^\$\([\w.-]+\)$/.test(text);
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
