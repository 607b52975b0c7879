/** One name in Node's format, which quotes ambiguous names: outside of quotes, a comma always ends a name. */
const NAME = /([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^",]*)(?:, (?=.)|$)/gy;

/**
 * The SPIFFE ID of a certificate: its one URI. Undefined for a certificate with no URI, several URIs, or ambiguous
 * names (X.509-SVID, section 2).
 * @param certificate such as Node's `X509Certificate`
 */
export function spiffeIdOf({ subjectAltName }: { readonly subjectAltName?: string | undefined }): string | undefined {
  const text = subjectAltName ?? '';
  const uris: string[] = [];
  let end = 0;
  for (const { 0: whole, 1: kind, 2: value = '' } of text.matchAll(NAME)) {
    end += whole.length;
    if (kind === 'URI') uris.push(value);
  }
  const [uri] = uris;
  return end === text.length && uris.length === 1 && uri?.startsWith('spiffe://') ? uri : undefined;
}
