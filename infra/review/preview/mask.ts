/** Replaces a secret. */
const HIDDEN = '(hidden)';

/** Patterns of secrets in any text. Deploy-time secrets are tokens, not secrets, so they pass. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // A private key, whole or truncated.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // A JSON Web Token.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, HIDDEN],
  // The login in a URL.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi, `$1${HIDDEN}`],
  // `password=…`, `--token …`, `"apiKey": "…"`; a path names a file, not a secret.
  [
    /((?:password|passwd|passphrase|secret|token|api[-_]?key|access[-_]?key)["']?\s*(?:=|:\s)\s*["']?)(?![/<$({])[^\s"',;&]{4,}/gi,
    `$1${HIDDEN}`,
  ],
  [/(--[a-z-]*(?:password|token|secret|key)[ =])(?![/<$({])[^\s"',;&]{4,}/gi, `$1${HIDDEN}`],
  // A long run of base64 that isn't hexadecimal, as digests are, nor an object's `Kind/name`.
  [
    /(?<![\w+/:.@-])(?![A-Z][A-Za-z]*\/[a-z0-9-]+(?![\w+/=]))(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{32,}={0,2}(?![\w+/.-])/g,
    HIDDEN,
  ],
];

/**
 * A copy with everything hidden that looks like a secret. Snapshots contain none on purpose; this catches accidents.
 */
export function masked<T>(value: T): T;
export function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, masked(part)]));
  if (value instanceof Set) return new Set([...value].map(masked));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part)]));
}

function maskedText(text: string): string {
  return SECRETS.reduce((rest, [secret, stand]) => rest.replace(secret, stand), text);
}
