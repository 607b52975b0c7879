import { ConfigurationError } from '@groundwork/contract';
import type { Volume, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import { checksum } from './object.ts';

/** One key of a Secret as a file in a container. */
export interface SecretFile {
  /** Absolute path, such as `/var/run/groundwork/identity/tls.crt`. */
  readonly path: string;
  /** Name of the Secret in the namespace of the platform. */
  readonly secret: string;
  /** Key in the Secret. */
  readonly key: string;
}

/** Volumes and mounts for the files of one container: one volume for each folder. */
export interface Mounts {
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
}

/** A projected service account token, renewed by the kubelet; for systems that authenticate clients with a TokenReview. */
export interface AccountToken {
  /** Absolute path, such as `/var/run/groundwork/consul-login/token`. */
  readonly path: string;
  /** Audience of the token. @default the API server */
  readonly audience?: string;
}

/** Lifetime of a service account token; the kubelet renews it after 80 % of it. */
const TOKEN_SECONDS = 3600;

/**
 * Mounts tokens of the pod's service account as files, each in a separate folder.
 * @param prefix as in `secretMounts`
 */
export function tokenMounts(prefix: string, tokens: readonly AccountToken[]): Mounts {
  const volumes = tokens.map(({ path, audience }) => {
    const folder = folderOf(path);
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

/** Kubernetes allows DNS labels only; other paths get a checksum. Two folders with one name are rejected by the pod. */
function volumeName(prefix: string, folder: string): string {
  const name = `${prefix}${folder.slice(1).replaceAll('/', '-').replace('var-run-groundwork-', '')}`;
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) ? name : `${prefix}files-${checksum(folder)}`;
}

/** @throws ConfigurationError for a path that is not absolute, and for one in the root folder, which a volume would hide */
function folderOf(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (/^(\/[^/]+)+$/.test(folder) && !path.endsWith('/')) return folder;
  throw new ConfigurationError({
    code: 'file-path-invalid',
    where: `file ${path}`,
    problem: `path must be absolute and in a folder, got '${path}'`,
    fix: "write it like '/var/run/groundwork/ovens/key'",
  });
}

/**
 * Mounts keys of Secrets as files. Each folder is one projected volume: it can hold files of several Secrets, and the
 * kubelet updates it when a Secret changes, unlike a `subPath` mount.
 * @param prefix of the volume names, distinct for each container of a pod
 * @throws ConfigurationError for two files with the same path
 */
export function secretMounts(where: string, prefix: string, files: readonly SecretFile[]): Mounts {
  const folders = new Map<string, SecretFile[]>();
  for (const file of files) {
    const folder = folderOf(file.path);
    const beside = folders.get(folder) ?? [];
    if (beside.some(({ path }) => path === file.path)) {
      throw new ConfigurationError({
        code: 'file-conflict',
        where: `${where} › owns`,
        problem: `two needs mount a file at ${file.path}`,
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
