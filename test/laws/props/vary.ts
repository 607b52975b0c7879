/** Props of a sample, or a part of them. */
export type Sample = Readonly<Record<string, unknown>>;

/** A value that the constructs reject, and the error message. */
export class Refused {
  public readonly value: unknown;
  public readonly message: RegExp;

  public constructor(value: unknown, message: RegExp) {
    this.value = value;
    this.message = message;
  }
}

/**
 * The sample with the alternatives of unions that a path names.
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
 * The sample with another value at a path of `declaredProps`, otherwise unchanged. In a list the path means the first
 * item, in
 * a record its first value.
 * @throws Error when the sample has no value for a step of the path
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
