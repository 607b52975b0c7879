import { ConfigurationError } from './configuration-error.ts';

/** A length of time in whole milliseconds, never negative. */
export class Duration {
  readonly #milliseconds: number;

  private constructor(milliseconds: number, written: string) {
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
      throw new ConfigurationError({
        code: 'duration-invalid',
        where: `Duration of ${written}`,
        problem: `a duration must be an integer number of milliseconds ≥ 0, got ${milliseconds}`,
        fix: 'use a smaller unit, such as Duration.millis(1500)',
      });
    }
    this.#milliseconds = milliseconds;
  }

  /** @throws ConfigurationError unless it is a whole number of milliseconds ≥ 0 */
  public static millis(amount: number): Duration {
    return new Duration(amount, `${amount} ms`);
  }
  /** @throws ConfigurationError unless it is a whole number of milliseconds ≥ 0 */
  public static seconds(amount: number): Duration {
    return new Duration(amount * 1000, `${amount} s`);
  }
  /** @throws ConfigurationError unless it is a whole number of milliseconds ≥ 0 */
  public static minutes(amount: number): Duration {
    return new Duration(amount * 60_000, `${amount} min`);
  }
  /** @throws ConfigurationError unless it is a whole number of milliseconds ≥ 0 */
  public static hours(amount: number): Duration {
    return new Duration(amount * 3_600_000, `${amount} h`);
  }
  /** Days of 24 hours. @throws ConfigurationError unless it is a whole number of milliseconds ≥ 0 */
  public static days(amount: number): Duration {
    return new Duration(amount * 86_400_000, `${amount} d`);
  }

  /** The duration in milliseconds, always a whole number. */
  public toMilliseconds(): number {
    return this.#milliseconds;
  }

  /** @throws ConfigurationError if it is not a whole number of seconds: it is never rounded. */
  public toSeconds(): number {
    if (this.#milliseconds % 1000 !== 0) {
      throw new ConfigurationError({
        code: 'duration-invalid',
        where: `Duration of ${this}`,
        problem: `the value must be a whole number of seconds, got ${this}`,
        fix: 'round it to whole seconds',
      });
    }
    return this.#milliseconds / 1000;
  }

  /** Formatted in the largest unit that fits, such as `90s`, `5m`, `250ms`. */
  public toString(): string {
    const units = [
      ['d', 86_400_000],
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1000],
    ] as const;
    for (const [unit, size] of units) {
      if (this.#milliseconds >= size && this.#milliseconds % size === 0) return `${this.#milliseconds / size}${unit}`;
    }
    return `${this.#milliseconds}ms`;
  }
}
