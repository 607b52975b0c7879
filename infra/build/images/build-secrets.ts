import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** Bundles of certificate authorities: of Debian and Alpine, of Red Hat, of macOS. */
const BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** Where a RUN step sees them, if it mounts them: BuildKit's own folder for secrets. */
const AUTHORITIES = '/run/secrets/authorities';

/** What a build gets of this machine, but neither its image, its cache nor its tag. */
export interface BuildSecrets {
  /** Options of `docker buildx build`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The secrets `npmrc` and `authorities`, which steps that run npm mount: npm's registry, credentials and certificate
 * authorities of this machine. Where it has none of them, a build does without.
 * @param root folder whose npm configuration applies
 */
export async function buildSecrets(root: string): Promise<BuildSecrets> {
  const { registry, userconfig, cafile } = await npmConfig(root);
  const authorities = [cafile, ...BUNDLES].find((file) => existsSync(file));
  const own = existsSync(userconfig) ? await readFile(userconfig, 'utf8') : '';
  const npmrc = [
    // npm replaces variables itself, but the variables of this machine are not in the build.
    own.replaceAll(/\$\{(\w+)\}/g, (variable, name: string) => process.env[name] ?? variable),
    ...(registry === '' ? [] : [`registry=${registry}`]),
    ...(authorities === undefined ? [] : [`cafile=${AUTHORITIES}`]),
  ];
  return {
    args: [
      '--secret',
      'id=npmrc,env=GROUNDWORK_NPMRC',
      ...(authorities === undefined ? [] : ['--secret', `id=authorities,src=${authorities}`]),
    ],
    env: { GROUNDWORK_NPMRC: npmrc.join('\n') },
  };
}

/** Settings of npm; empty where it has no value, or is not installed. */
async function npmConfig(root: string) {
  const { stdout = '' } = await execa('npm', ['config', 'get', 'registry', 'userconfig', 'cafile'], {
    cwd: root,
    reject: false,
  });
  const value = (name: string) => new RegExp(`^${name}=(?!null$)(.*)$`, 'm').exec(stdout)?.[1] ?? '';
  return { registry: value('registry'), userconfig: value('userconfig'), cafile: value('cafile') };
}
