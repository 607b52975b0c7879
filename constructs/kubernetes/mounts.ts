import { ConfigurationError } from '@groundwork/contract';
import type { Volume, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type { SecretFile } from './secret-file.ts';

/** Files of one container: a volume for each folder. */
export interface Mounts {
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
}

/** A token of the pod's own service account as a file, renewed by the kubelet; for systems that ask Kubernetes who somebody is. */
export interface AccountToken {
  /** Absolute path, such as `/var/run/groundwork/consul-login/token`. */
  readonly path: string;
  /** Who may take it for true. @default the API server */
  readonly audience?: string;
}

/** How long a token of the pod's account is good for; the kubelet renews it when a fifth of that is left. */
const TOKEN_SECONDS = 3600;

/** Mounts tokens of the pod's own account as files, each in a folder of its own. @param prefix as in `secretMounts` */
export function tokenMounts(prefix: string, tokens: readonly AccountToken[]): Mounts {
  const volumes = tokens.map(({ path, audience }) => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const source = {
      path: path.slice(folder.length + 1),
      expirationSeconds: TOKEN_SECONDS,
      ...(audience === undefined ? {} : { audience }),
    };
    return {
      folder,
      name: volumeName(prefix, folder),
      projected: { defaultMode: 0o440, sources: [{ serviceAccountToken: source }] },
    };
  });
  return {
    volumes: volumes.map(({ name, projected }) => ({ name, projected })),
    volumeMounts: volumes.map(({ name, folder }) => ({ name, mountPath: folder, readOnly: true })),
  };
}

function volumeName(prefix: string, folder: string): string {
  return `${prefix}${folder.slice(1).replaceAll('/', '-').replace('var-run-groundwork-', '')}`;
}

/**
 * Mounts keys of Secrets as files. A folder is one projected volume, so that files of several Secrets lie side by side
 * and follow their Secrets' changes, which single mounted files don't.
 * @param prefix tells the volumes of one container from those of another in the same pod
 * @throws ConfigurationError for two files in one place
 */
export function secretMounts(where: string, prefix: string, files: readonly SecretFile[]): Mounts {
  const folders = new Map<string, SecretFile[]>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/'));
    const beside = folders.get(folder) ?? [];
    if (beside.some(({ path }) => path === file.path)) {
      throw new ConfigurationError({
        code: 'file-conflict',
        where: `${where} › owns`,
        problem: `two of its needs give a file ${file.path}`,
        fix: 'give the needs different names',
      });
    }
    folders.set(folder, [...beside, file]);
  }
  const volumes = [...folders].map(([folder, inFolder]) => ({
    name: volumeName(prefix, folder),
    folder,
    sources: inFolder.map(({ path, secret, key }) => ({
      secret: { name: secret, items: [{ key, path: path.slice(folder.length + 1) }] },
    })),
  }));
  return {
    volumes: volumes.map(({ name, sources }) => ({ name, projected: { defaultMode: 0o440, sources } })),
    volumeMounts: volumes.map(({ name, folder }) => ({ name, mountPath: folder, readOnly: true })),
  };
}
