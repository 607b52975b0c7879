import type { Package } from './image.ts';

/** Such as `node_modules/pino/node_modules/@scope/name/package.json`. */
const MANIFEST = /^(node_modules\/(@[^/]+\/)?[^/@][^/]*\/)+package\.json$/;

/** Whether a path is the package.json of something that npm brought; what lies in a package's own folders is no package. */
export function isManifest(path: string): boolean {
  return MANIFEST.test(path.replace(/^([^/]+\/)*?(?=node_modules\/)/, ''));
}

/** The package that a package.json tells of; undefined for one without a name or version, which npm didn't bring. */
export function installed(path: string, text: string): Package | undefined {
  const { name, version, license, dependencies, optionalDependencies, peerDependencies } = parsed(text);
  if (typeof name !== 'string' || typeof version !== 'string') return undefined;
  return {
    ecosystem: 'npm',
    name,
    version,
    place: path.slice(0, -'/package.json'.length),
    needs: Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
    ...(typeof license === 'string' && { license: license }),
  };
}

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly license?: unknown;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
}

function parsed(text: string): Manifest {
  try {
    return (JSON.parse(text) ?? {}) as Manifest;
  } catch {
    return {}; // a broken one loads nothing
  }
}
