import type { Manifest, SecretFormat } from '@groundwork/constructs';

/** Store of an environment's deploy-time secrets, one implementation for each engine. */
export interface SecretStore {
  /** Whether the current value is issued by a third party: a generated one must not replace it. */
  isGiven(name: string, format: SecretFormat): boolean;
  /** Generates a next value without storing it. A key set keeps its former key, so that what it signed stays valid. */
  next(name: string, format: SecretFormat): string;
  /** Stores a secret's next value. @param given whether a third party issued it */
  keep(name: string, format: SecretFormat, value: string, given: boolean): Promise<void>;
  /** Applies the stored values to the cluster's Secret, and changes nothing else. */
  handOver(secret: Manifest): Promise<void>;
  /** Removes all values from a text. */
  redact(text: string): string;
}
