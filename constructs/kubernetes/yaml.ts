/** Plain JSON, the input of the printer. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Plain scalars that every YAML parser, including YAML 1.1, reads as strings. */
const PLAIN = /^[A-Za-z_/][\w./@=+-]*(:[\w./@=+-]+)*$|^\d+(m|Ki|Mi|Gi|Ti)$/;
const TAKEN = /^(y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
/** Text of several lines that a literal block can represent exactly. */
const BLOCK = /^[!-~][ -~]*(\n[ -~]*)*[!-~]\n?$/;
/** Characters that JSON does not escape and YAML rejects or reads as a line break. */
const RISKY = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Prints objects as YAML, one document each. The printer of cdk8s builds a document tree that supports comments and
 * anchors, and takes three quarters of a synth; this one writes text directly. Every YAML parser reads back the same
 * value.
 */
export function toYaml(documents: readonly object[]): string {
  return documents.map((document) => `${body(document as Json, '')}\n`).join('---\n');
}

/** A value on separate lines; the first line has no indentation. */
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

/** The value after a key, on the same line if possible. */
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
  if (typeof value === 'number') return String(value).replace(/^(-?\d+)e/, '$1.0e'); // YAML 1.1 requires the decimal point
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
