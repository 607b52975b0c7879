/** Strings, comments and separators of CQL; what is between them is one part, too. */
const PART = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|;|[^;'"$/-]+|./g;

/** The statements of a CQL file, without comments: Cassandra runs one at a time. */
export function statementsOf(cql: string): string[] {
  const statements = [''];
  for (const [part] of cql.matchAll(PART)) {
    if (part === ';') statements.push('');
    else if (!/^(--|\/\/|\/\*)/.test(part)) statements.push(`${statements.pop()}${part}`);
  }
  return statements.map((one) => one.trim()).filter((one) => one !== '');
}
