import { catalog } from '../../build/images/index.ts';
import { type Change, pathText } from './diff/index.ts';
import type { Finding } from './finding.ts';
import { imageParts } from './image.ts';
import type { ChangedLine } from './lines.ts';
import type { EnvironmentChange } from './rules/rule.ts';
import type { Snapshot } from './snapshot.ts';

/** Both versions, and what differs in each environment. */
export interface Compared {
  readonly base: Snapshot;
  readonly head: Snapshot;
  readonly environments: readonly Pick<EnvironmentChange, 'name' | 'changes'>[];
}

/** What a release wrote, and where the digests of our own images are named. */
const RELEASED = 'stacks/images.lock.json';
const PACKAGES = 'package-lock.json';
const CATALOG = 'infra/build/images/catalog.ts';

/** Changed lines that can have caused a finding. */
export interface PossibleCauses {
  readonly lines: readonly ChangedLine[];
  /** Fields that replace pods, of a finding that names none of them. @default none */
  readonly fields?: readonly Change[];
  /** Whether there can be no other cause. */
  readonly areAll: boolean;
  /** Whether each of them surely has a part in it. */
  readonly areCertain: boolean;
}

/**
 * Finds the changed lines that can have caused a finding at all: of an image of ours, what is built into it, and else what a
 * release wrote; of anything else, files that ran to make the manifests, and of environments those of the finding's.
 */
export function possibleCauses(finding: Finding, lines: readonly ChangedLine[], compared: Compared): PossibleCauses {
  const fields = changedFields(finding, compared);
  const changed = fields.map((field) => namedBy(field, compared));
  const services = new Set(changed.flatMap(({ service }) => service ?? []));
  const built = builtInto(services, lines, compared);
  if (changed.length === 0 || changed.some(({ service }) => service === undefined))
    return {
      lines: [...new Set([...ranFor(finding, lines, compared), ...built])],
      areAll:
        compared.base.imports !== undefined &&
        compared.head.imports !== undefined &&
        !lines.some(({ file }) => file === PACKAGES),
      areCertain: false,
      fields,
    };
  const isOwn = ({ file }: ChangedLine): boolean =>
    [...services].some((service) => file.startsWith(`services/${service}/`));
  const released = lines.filter(
    ({ file, text }) => file === RELEASED && changed.some(({ parts }) => parts.some((part) => text.includes(part))),
  );
  return {
    lines: built.length > 0 ? built.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a))) : released,
    areAll: true,
    areCertain: true,
  };
}

/** A field that a finding is about, and the service of ours whose image it names. */
interface Named {
  readonly service: string | undefined;
  /** Version and digest of the image, as a release writes them. */
  readonly parts: readonly string[];
}

/** Fields that replace pods, or name images; none for findings about anything else. */
function changedFields({ rule, subject, field, environments: where }: Finding, { environments }: Compared): Change[] {
  const fields = environments.flatMap(({ name, changes }) =>
    where.includes(name) ? changes.filter(({ id }) => id === subject).flatMap((one) => one.fields) : [],
  );
  return fields.filter(({ path }) =>
    rule === 'rollouts' ? path.includes('template') : field?.endsWith('image') && pathText(path).endsWith(field),
  );
}

function namedBy({ path, after }: Change, { base, head }: Compared): Named {
  const { repository, tag, digest } = imageParts(path.at(-1) === 'image' ? String(after) : '');
  const [, service = ''] = /(?:^|\/)groundwork\.local\/([^/]+)$/.exec(repository) ?? [];
  return {
    service: service in { ...base.builds, ...head.builds } ? service : undefined,
    parts: [tag, digest].filter((part) => part !== undefined),
  };
}

/** Lines that make another image of a service: its files, its locked packages, and its bases. */
function builtInto(
  services: ReadonlySet<string>,
  lines: readonly ChangedLine[],
  { base, head }: Compared,
): readonly ChangedLine[] {
  if (services.size === 0) return [];
  const [old, young] = [inputsOf(base, services), inputsOf(head, services)];
  const files = new Set([...old, ...young].flatMap(({ dockerfile, files }) => [dockerfile, ...files]));
  const hashes = hashesOfOne(
    old.flatMap(({ packages }) => packages),
    young.flatMap(({ packages }) => packages),
  );
  const bases = [catalog.node.digest, catalog['node-runtime'].digest];
  return lines.filter(
    ({ file, text }) =>
      files.has(file) ||
      (file === PACKAGES && hashes.some((hash) => text.includes(hash))) ||
      (file === CATALOG && bases.some((digest) => text.includes(digest))),
  );
}

function inputsOf({ builds = {} }: Snapshot, services: ReadonlySet<string>) {
  return [...services].flatMap((service) => builds[service] ?? []);
}

/** Integrity of the packages that only one of two versions has: a lock file's line that holds it came or went. */
function hashesOfOne(old: readonly string[], young: readonly string[]): string[] {
  const [before, after] = [new Set(old), new Set(young)];
  const either = [...old.filter((line) => !after.has(line)), ...young.filter((line) => !before.has(line))];
  return either.map((line) => line.split(' ').at(-1) as string).filter((hash) => hash !== '');
}

/** Lines of the program itself: tests, docs, tools and what looks on from outside make no manifest. */
function ranFor(
  { environments }: Finding,
  lines: readonly ChangedLine[],
  { base, head }: Compared,
): readonly ChangedLine[] {
  const imports = base.imports && head.imports && { ...base.imports, ...head.imports };
  const names = new Set([base, head].flatMap((version) => Object.keys(version.environments)));
  const owner = (file: string): string | undefined => {
    const [, name = ''] = /(?:^|\/)environments\/([^/]+)\.ts$/.exec(file) ?? [];
    return names.has(name) ? name : undefined;
  };
  /** Whether a file of environments is of this one, or the file of this one builds on it. */
  const counts = (file: string, environment: string): boolean =>
    owner(file) === environment ||
    Object.entries(imports ?? {}).some(([of, imported]) => owner(of) === environment && imported.includes(file));
  const ran = lines.filter(({ file }) =>
    imports === undefined ? isSource(file) : file in imports && !file.startsWith('infra/review/preview/'),
  );
  const ofEnvironments = [...new Set(ran.map(({ file }) => file))].filter((file) => owner(file) !== undefined);
  // What one environment says explains nothing that happens in another too.
  const explained = environments.every((environment) => ofEnvironments.some((file) => counts(file, environment)));
  return ran.filter(
    ({ file }) =>
      owner(file) === undefined || (explained && environments.some((environment) => counts(file, environment))),
  );
}

function isSource(file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.test.ts');
}
