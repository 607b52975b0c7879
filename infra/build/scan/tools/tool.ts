import { type TSchema, Type } from 'typebox';
import type { ScanFinding } from '../finding.ts';

/** All that a scan looks at. */
export interface Subject {
  /** Root of the repository. */
  readonly root: string;
  /**
   * Empty folder with copies of what is scanned. Scanners run in it, so an ignore file of theirs in the repository hides
   * nothing: only a dated exception does.
   */
  readonly work: string;
  readonly images: readonly ScannedImage[];
  /** Paths from the root. */
  readonly dockerfiles: readonly string[];
  /** Folder with vulnerability databases. @default scanners fetch theirs */
  readonly db?: string;
  /** What cannot be scanned here, by any tool. */
  readonly skipped: readonly Skipped[];
}

/** An image to be scanned. */
export interface ScannedImage {
  /** As findings name it. */
  readonly name: string;
  /** Built from this repository, not published by others. */
  readonly ours: boolean;
  /** How scanners get it: `--input` and an archive of `docker save`, or a reference that they pull. */
  readonly at: readonly string[];
}

/** Something that could not be looked at: that nothing was found there means nothing. */
export interface Skipped {
  /** Such as `trivy on users`. */
  readonly what: string;
  readonly reason: string;
  readonly fix: string;
  /** Tool that could not look. @default no tool can */
  readonly tool?: string;
}

/** What a tool reports. */
export interface Outcome {
  readonly findings?: readonly ScanFinding[];
  /** @default it looked at everything */
  readonly skipped?: readonly Omit<Skipped, 'tool' | 'fix'>[];
  /** SBOMs as CycloneDX JSON, by the file's name. */
  readonly sboms?: Readonly<Record<string, string>>;
}

/** A third-party program that looks for faults or writes SBOMs. */
export interface Tool {
  /** As `--require` names it. */
  readonly name: string;
  readonly program: string;
  /** How to make it able to look. */
  readonly fix: string;
  /** @throws ConfigurationError if the tool prints something other than its known format */
  look(subject: Subject): Promise<readonly Outcome[]>;
}

/** The lock file of npm packages, as findings name it. */
export const LOCK_FILE = 'package-lock.json';

/** What to do about a vulnerability that no version fixes. */
export const NO_FIX = 'no fixed version exists yet: remove the package, or except the finding until a day';

/** A list that a report leaves out where it is empty. */
export const listOf = <T extends TSchema>(item: T) => Type.Optional(Type.Array(item));
