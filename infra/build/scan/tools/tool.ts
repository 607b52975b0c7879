import { type TSchema, Type } from 'typebox';
import type { ScanFinding } from '../finding.ts';

/** Everything that is scanned. */
export interface Subject {
  /** Root of the repository. */
  readonly root: string;
  /**
   * Folder with copies of what is scanned. Scanners run in it, so that their ignore files in the repository have no effect:
   * only a dated exception hides a finding.
   */
  readonly work: string;
  readonly images: readonly ScannedImage[];
  /** Paths from the root. */
  readonly dockerfiles: readonly string[];
  /** Folder with vulnerability databases. @default scanners download their own */
  readonly db?: string;
  /** What no tool can scan here. */
  readonly skipped: readonly Skipped[];
}

/** An image to be scanned. */
export interface ScannedImage {
  /** Target name in findings. */
  readonly name: string;
  /** Whether it is built from this repository, not third-party. */
  readonly ours: boolean;
  /** Arguments for scanners: `--input` and an archive of `docker save`, or a reference to pull. */
  readonly at: readonly string[];
}

/** Something that was not scanned: no finding there proves nothing. */
export interface Skipped {
  /** Such as `trivy on users`. */
  readonly what: string;
  readonly reason: string;
  readonly fix: string;
  /** Tool that could not scan it. @default no tool can */
  readonly tool?: string;
}

/** Result of a tool. */
export interface Outcome {
  readonly findings?: readonly ScanFinding[];
  /** @default none: it scanned everything */
  readonly skipped?: readonly Omit<Skipped, 'tool' | 'fix'>[];
  /** SBOMs as CycloneDX JSON, by file name. */
  readonly sboms?: Readonly<Record<string, string>>;
}

/** A third-party program that scans or writes SBOMs. */
export interface Tool {
  /** Name for `--require`. */
  readonly name: string;
  readonly program: string;
  /** How to make it work. */
  readonly fix: string;
  /** @throws ConfigurationError if the tool prints something other than its known format */
  look(subject: Subject): Promise<readonly Outcome[]>;
}

/** The lock file of npm packages, and its target name in findings. */
export const LOCK_FILE = 'package-lock.json';

/** Fix text for a vulnerability without a fixed version. */
export const NO_FIX = 'there is no fixed version yet: remove the package, or add an exception with a last day';

/** Schema of a list that is left out when it is empty. */
export const listOf = <T extends TSchema>(item: T) => Type.Optional(Type.Array(item));
