/** Finds an instance of a service for each call. */
export interface Resolver {
  /**
   * The instance to ask now. Where several are known, that with the fewest calls under way.
   * @throws Problem `unavailable` when none is known
   */
  pick(service: string): Instance | Promise<Instance>;
  close(): Promise<void>;
}

/** One of the processes that serve a contract. */
export interface Instance {
  /** Where it answers, such as `https://10.1.2.3:8080`. */
  readonly origin: string;
  /** Says that the call is over, answered or not. Each pick is released once. */
  release(): void;
}
