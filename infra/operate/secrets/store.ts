import type { Manifest, SecretFormat } from '@groundwork/constructs';

/** Where the values of an environment's deploy-time secrets are kept, and how the cluster gets one. One for each engine. */
export interface SecretStore {
  /** Whether others decided on a secret's present value: one that is made must not follow it. */
  isGiven(name: string, format: SecretFormat): boolean;
  /** A next value, which nobody has yet. A key set keeps its former key behind the new one, so that what it signed stays valid. */
  next(name: string, format: SecretFormat): string;
  /** Writes a secret's next value down. @param given whether others decided on it */
  keep(name: string, format: SecretFormat, value: string, given: boolean): Promise<void>;
  /** Puts the values that are written down into the cluster's Secret, and does nothing else there. */
  handOver(secret: Manifest): Promise<void>;
  /** The text without any of the values. */
  redact(text: string): string;
}
