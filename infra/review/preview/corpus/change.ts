/** One step of a change to the source: text that stands exactly once is replaced, or a file is written, moved or removed. */
export type Edit =
  | { readonly file: string; readonly from: string; readonly to: string }
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly movedTo: string }
  | { readonly file: string; readonly gone: true };

/** A change as somebody might propose it, and what a reviewer has to be told of it. */
export interface Change {
  /** What is done, in a few words. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** `severity rule subject @ environments`, as `told` writes a finding; written from what Kubernetes, Kafka and Postgres do. */
  readonly expected: readonly string[];
  /** File that is to be named as the cause, by `rule subject @ environments`. @default any that the change edits */
  readonly causes?: Readonly<Record<string, string>>;
}

const EVERYWHERE = ['dev', 'staging', 'production'];

export function change(
  name: string,
  edits: readonly Edit[],
  ...expected: readonly (string | readonly string[])[]
): Change {
  return {
    name,
    edits,
    expected: expected.flat().map((line) => (line.includes(' @ ') ? line : `${line} @ ${EVERYWHERE.join(' ')}`)),
  };
}

export function edit(file: string, from: string, to: string): Edit {
  return { file, from, to };
}

/** A finding without its words, which a rule may improve. */
export function reported(finding: {
  readonly severity: string;
  readonly rule: string;
  readonly subject: string;
  readonly environments: readonly string[];
}): string {
  return `${finding.severity} ${finding.rule} ${finding.subject} @ ${finding.environments.join(' ')}`;
}

/** Pods of these services are replaced one by one, without a gap. */
export function roll(...services: readonly string[]): string[] {
  return services.map((service) => `notice rollouts Deployment/${service}`);
}

/** Images of these services are made of other content in dev, which builds them from the checkout; elsewhere a release comes first. */
export function rebuilt(...services: readonly string[]): string[] {
  return services.map((service) => `notice rollouts Deployment/${service} @ dev`);
}

/** All services of the shop. */
export const SERVICES = ['users', 'catalog', 'notifications', 'gateway'] as const;
