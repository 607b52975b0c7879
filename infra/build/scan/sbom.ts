import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import parseLicence from 'spdx-expression-parse';
import { placesOf } from '../images/dependencies.ts';
import type { Package } from './describe/image.ts';

/** What an SBOM is of. */
export interface SbomSubject {
  /** Such as `users`. */
  readonly name: string;
  readonly type: 'container' | 'application';
  /** Of the image: its digest, or what stands for it. */
  readonly version?: string;
  readonly packages: readonly Package[];
}

const LICENCES = new Contrib.License.Factories.LicenseFactory((expression) => void parseLicence(expression));
const WRITER = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));

/** A software bill of materials, as CycloneDX 1.6 in JSON. It holds no time and nothing random: of the same packages it is the same. */
export function sbom({ name, type, version, packages }: SbomSubject): string {
  const root = new Models.Component(
    type === 'container' ? Enums.ComponentType.Container : Enums.ComponentType.Application,
    name,
    {
      bomRef: name,
      ...(version !== undefined && { version }),
    },
  );
  const parts = packages.map((one) => ({ one, part: component(one) }));
  const at = new Map(parts.map(({ one, part }) => [one.place, part]));
  for (const { one, part } of parts) {
    root.dependencies.add(part.bomRef);
    for (const need of one.needs ?? []) {
      const found = placesOf(need, one.place).find((place) => at.has(place));
      if (found !== undefined) part.dependencies.add((at.get(found) as Models.Component).bomRef);
    }
  }
  const components = new Models.ComponentRepository(parts.map(({ part }) => part));
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: root }), components });
  return WRITER.serialize(bom, { sortLists: true, space: 2 });
}

function component(one: Package): Models.Component {
  const [group, name] = one.name.startsWith('@') ? (one.name.split('/', 2) as [string, string]) : [undefined, one.name];
  const made = new Models.Component(
    one.ecosystem === 'generic' ? Enums.ComponentType.Platform : Enums.ComponentType.Library,
    name,
    {
      bomRef: `${purl(one)}#${one.place}`,
      version: one.version,
      purl: purl(one),
      ...(group !== undefined && { group }),
      ...(one.development === true && { scope: Enums.ComponentScope.Excluded }),
    },
  );
  if (one.license !== undefined) made.licenses.add(LICENCES.makeFromString(one.license));
  return made;
}

/** Package URL, by which every tool knows the package. @see the package-url specification */
export function purl({ ecosystem, name, version }: Package): string {
  const type = { npm: 'npm', debian: 'deb/debian', generic: 'generic' }[ecosystem];
  return `pkg:${type}/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
}
