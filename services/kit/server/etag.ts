import { Problem } from '../errors/problem.ts';

/** Entity tag of a version of a resource, such as the number in its column `version`: the value of the header `etag`. */
export function etagOf(version: number | bigint | string): string {
  return `"${version}"`;
}

/**
 * Checks the header `if-match` of a request against the version that it would change, read `FOR UPDATE` in the same
 * transaction (RFC 9110 section 13.1.1). Without the header, any version may be changed.
 * @throws Problem `precondition-failed` if the caller has another version
 */
export function checkVersion(
  { 'if-match': sent }: Readonly<Record<string, string | string[] | undefined>>,
  version: number | bigint | string,
): void {
  if (sent === undefined) return;
  const tags = `${sent}`.split(',').map((tag) => tag.trim());
  // A weak tag, such as W/"7", never matches: it does not say that nothing has changed.
  if (tags.includes('*') || tags.includes(etagOf(version))) return;
  throw new Problem('precondition-failed', 'read it again, and repeat the change with its new etag');
}
