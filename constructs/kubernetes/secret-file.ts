/** One key of a Secret as a file in a container. */
export interface SecretFile {
  /** Absolute path, such as `/var/run/groundwork/identity/tls.crt`. */
  readonly path: string;
  /** Name of the Secret in the namespace of the platform. */
  readonly secret: string;
  /** Key in the Secret. */
  readonly key: string;
}
