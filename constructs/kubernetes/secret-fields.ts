import { parseDeployTimeSecret } from './deploy-time-secret.ts';
import type { Manifest } from './manifest.ts';
import { isKind } from './read.ts';

/** What the name of a variable, key or flag ends with, if its value is a secret. */
const NAME =
  /(?:password|passwd|passphrase|requirepass|masterauth|token|api[-_]?key|access[-_]?key|private[-_]?key|client[-_]?secret|credentials?|(?:^|[-_.])(?:pass|secret))s?$/i;
/** The same of a flag with its value, such as `--token=…`. */
const FLAG = /^(-{1,2}[\w.-]+)=([\s\S]+)$/;

/** What stands in place of a secret text. @param before text in front of it in the same value, such as `--token=` */
export type SecretReplacer = (secret: string, before: string) => unknown;

/**
 * An object with each secret text replaced: the values of a Secret, and those whose variable, key or flag is named like
 * one. Empty texts, tokens of deploy-time secrets and `$(VARIABLE)` references stay.
 */
export function replaceSecrets(manifest: Manifest, replace: SecretReplacer): Readonly<Record<string, unknown>> {
  if (!isKind(manifest, 'Secret')) return inNamed(manifest, replace) as Readonly<Record<string, unknown>>;
  const { data, stringData, ...rest } = manifest;
  return {
    ...rest,
    metadata: inNamed(rest.metadata, replace),
    ...(data !== undefined && { data: inAll(data, replace) }),
    ...(stringData !== undefined && { stringData: inAll(stringData, replace) }),
  };
}

/** A value of which each text is secret. */
function inAll(value: unknown, replace: SecretReplacer, before = ''): unknown {
  if (typeof value === 'string') return isReference(value) ? before + value : replace(value, before);
  if (Array.isArray(value)) return value.map((item) => inAll(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inAll(part, replace)]));
}

/** A value in which the names of fields, variables and flags tell which texts are secret. */
function inNamed(value: unknown, replace: SecretReplacer): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => {
      if (typeof item !== 'string') return inNamed(item, replace);
      const flag: unknown = value[index - 1];
      if (typeof flag === 'string' && flag.startsWith('-') && NAME.test(flag) && !item.startsWith('-'))
        return inAll(item, replace);
      const [, name = '', text = ''] = FLAG.exec(item) ?? [];
      return NAME.test(name) ? inAll(text, replace, `${name}=`) : item;
    });
  if (typeof value !== 'object' || value === null) return value;
  const name = 'name' in value && typeof value.name === 'string' ? value.name : '';
  const entries = Object.entries(value).map(([key, part]: [string, unknown]) => {
    const isSecret = (NAME.test(key) && isTexts(part)) || (key === 'value' && NAME.test(name));
    return [key, isSecret ? inAll(part, replace) : inNamed(part, replace)];
  });
  return Object.fromEntries(entries);
}

function isTexts(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

/** Whether a text stands for a value that is elsewhere, such as the path of a file, or for none. */
function isReference(text: string): boolean {
  return (
    text === '' ||
    parseDeployTimeSecret(text) !== undefined ||
    /^(?:\$\([\w.-]+\)|\/(?:var|run|etc|mnt|opt|tmp|secrets)\/[\w./-]+)$/.test(text)
  );
}
