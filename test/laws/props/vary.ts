/** Props, or a part of them, as a sample has them. */
export type Sample = Readonly<Record<string, unknown>>;

/** A value that the constructs refuse, and what they say then. */
export class Refused {
  public readonly value: unknown;
  public readonly message: RegExp;

  public constructor(value: unknown, message: RegExp) {
    this.value = value;
    this.message = message;
  }
}

/**
 * The sample with those alternatives of unions that a path names.
 * @param alternatives samples of them, by the names of their interfaces
 */
export function withAlternatives(sample: Sample, path: string, alternatives: Sample): Sample {
  const steps = path.split('.');
  return steps.reduce((chosen, step, index) => {
    const [, name] = /\((.*)\)$/.exec(step) ?? [];
    return name === undefined ? chosen : withValue(chosen, steps.slice(0, index + 1).join('.'), alternatives[name]);
  }, sample);
}

/**
 * The sample with another value at a path of `declaredProps`, all else the same. In a list its first item is meant, in
 * a record its first value.
 * @throws Error for a path that the sample doesn't reach
 */
export function withValue(sample: Sample, path: string, value: unknown): Sample {
  return set(sample, path.replaceAll(/\(.*?\)/g, '').split('.'), value) as Sample;
}

function set(target: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (Array.isArray(target) && !(step === undefined && Array.isArray(value))) {
    const [first, ...others] = target;
    return [step === undefined ? value : set(first, [step, ...rest], value), ...others];
  }
  if (step === undefined) return value;
  if (typeof target !== 'object' || target === null)
    throw new Error(`the sample has nothing in which to set '${step}'`);
  const key = step === '*' ? (Object.keys(target)[0] ?? '') : step;
  return { ...target, [key]: set((target as Sample)[key], rest, value) };
}
