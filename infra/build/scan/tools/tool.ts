import type { ImageDescription, Package } from '../describe/image.ts';
import type { ScanFinding } from '../finding.ts';

/** All that a scan looks at. */
export interface Subject {
  /** Root of the repository, which holds the lock file. */
  readonly root: string;
  /** Every package that the lock file names. */
  readonly locked: readonly Package[];
  readonly images: readonly ScannedImage[];
  /** Images that are built only where they are needed, as their Dockerfiles tell; there is no image to look into. */
  readonly dockerfiles: readonly ImageDescription[];
  /** Images of others, which a tool pulls by itself. */
  readonly published: readonly PublishedImage[];
}

/** An image that others publish. */
export interface PublishedImage {
  /** As the catalog names it. */
  readonly name: string;
  /** With its registry and digest. */
  readonly reference: string;
}

/** An image to be scanned. */
export interface ScannedImage {
  readonly description: ImageDescription;
  /** OCI archive on this machine; absent if it was not built here. */
  readonly archive?: string;
}

/** Something that a tool could not look at. That nothing was found there means nothing. */
export interface Skipped {
  /** Which could not look; absent where no tool is at fault. */
  readonly tool?: string;
  /** Such as `trivy` or `dockle on users`. */
  readonly what: string;
  readonly recordOrigin: string;
  readonly fix: string;
}

export interface Outcome {
  readonly findings: readonly ScanFinding[];
  readonly skipped: readonly Skipped[];
}

/** Something that looks for faults: a program of others, or data of others. */
export interface Tool {
  /** As `--need` names it. */
  readonly name: string;
  /** @throws ConfigurationError if what it is given, or what it prints, is not what is known here. */
  look(subject: Subject): Promise<Outcome>;
}

/** The outcome of a tool that could not look at one target, or at any if none is named. */
export function skipped(tool: string, recordOrigin: string, fix: string, target?: string): Outcome {
  return {
    findings: [],
    skipped: [{ tool, what: target === undefined ? tool : `${tool} on ${target}`, recordOrigin, fix }],
  };
}

/** Outcomes as one. */
export function together(outcomes: readonly Outcome[]): Outcome {
  return { findings: outcomes.flatMap(({ findings }) => findings), skipped: outcomes.flatMap((one) => one.skipped) };
}
