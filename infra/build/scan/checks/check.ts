import type { ImageDescription } from '../describe/image.ts';
import type { Severity } from '../finding.ts';

/** Something a check has found. */
export interface Found {
  /** Where: a file, an instruction, the name of a variable; never a secret's value. */
  readonly at: string;
}

/** One of Dockle's checkpoints, done here: it needs neither the tool nor a network. */
export interface Check {
  /** As Dockle and the CIS Docker benchmark name it. */
  readonly id: string;
  readonly severity: Severity;
  /** What is so when it finds something. */
  readonly what: string;
  readonly fix: string;
  readonly finds: (image: ImageDescription) => readonly Found[];
  /** An image that it has nothing against, and one that it has. */
  readonly passes: ImageDescription;
  readonly fails: ImageDescription;
}

/** An image with nothing wrong, for samples. */
export function sample(more: Partial<ImageDescription> = {}): ImageDescription {
  const digest = `sha256:${'0'.repeat(64)}`;
  return {
    name: 'sample',
    reference: `groundwork.local/sample:1@${digest}`,
    user: '1000:1000',
    env: ['NODE_ENV=production'],
    healthcheck: true,
    volumes: [],
    instructions: [],
    files: [{ path: 'app/main.ts', setId: false }],
    accounts: ['root:x:0:0::/root:/sbin/nologin', 'app:x:1000:1000::/:/sbin/nologin'],
    shadow: ['root:*:1::::::'],
    packages: [],
    ...more,
  };
}

/** Instructions that a pattern fits. */
export function instructions(image: ImageDescription, fits: (instruction: string) => boolean): Found[] {
  return image.instructions.filter(fits).map((instruction) => ({ at: instruction.slice(0, 120) }));
}

/** Files whose path fits. */
export function files(image: ImageDescription, fits: (path: string, name: string) => boolean): Found[] {
  return image.files
    .filter(({ path }) => fits(path, path.slice(path.lastIndexOf('/') + 1)))
    .map(({ path }) => ({ at: path }));
}
