/** What YAML is printed from: plain JSON. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Words and quantities that no YAML reader takes for anything but text, old ones (YAML 1.1) included. */
const PLAIN = /^[A-Za-z_/][\w./@=+-]*(:[\w./@=+-]+)*$|^\d+(m|Ki|Mi|Gi|Ti)$/;
const TAKEN = /^(y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
/** Text of several lines that a literal block shows as it is. */
const BLOCK = /^[!-~][ -~]*(\n[ -~]*)*[!-~]\n?$/;
/** Characters that JSON leaves as they are and YAML doesn't take, or takes for the end of a line. */
const RISKY = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Prints objects as YAML, one document each. cdk8s's printer makes a tree of nodes for comments and anchors that
 * manifests never have, and takes three quarters of a synth; this one writes text at once. Any YAML reader gets back
 * what was given.
 */
export function toYaml(documents: readonly object[]): string {
  return documents.map((document) => `${body(document as Json, '')}\n`).join('---\n');
}

/** A value on lines of its own, the first without its indentation. */
function body(value: Json, indent: string): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item: Json) => `- ${body(item, `${indent}  `)}`).join(`\n${indent}`);
  }
  if (isFilled(value)) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    return entries.map(([key, member]) => `${text(key)}:${afterKey(member, indent)}`).join(`\n${indent}`);
  }
  return scalar(value, indent);
}

/** What stands after a key: on the same line if it fits there. */
function afterKey(value: Json, indent: string): string {
  const inner = `${indent}  `;
  const below = (Array.isArray(value) && value.length > 0) || isFilled(value);
  return below ? `\n${inner}${body(value, inner)}` : ` ${scalar(value, inner)}`;
}

function isFilled(value: Json): value is { readonly [key: string]: Json } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).some((member) => member !== undefined)
  );
}

function scalar(value: Json, indent: string): string {
  if (typeof value === 'string')
    return BLOCK.test(value) && value.includes('\n') ? literal(value, indent) : text(value);
  if (typeof value === 'number') return String(value).replace(/^(-?\d+)e/, '$1.0e'); // YAML 1.1 wants the point
  return Array.isArray(value) ? '[]' : typeof value === 'object' && value !== null ? '{}' : String(value);
}

function literal(value: string, indent: string): string {
  const kept = value.endsWith('\n');
  const lines = (kept ? value.slice(0, -1) : value).split('\n');
  return `|${kept ? '' : '-'}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

function text(value: string): string {
  if (PLAIN.test(value) && !TAKEN.test(value)) return value;
  return JSON.stringify(value).replace(
    RISKY,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
