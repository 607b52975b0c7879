import type { PodSecurityContext, PodSpec, SecurityContext } from 'kubernetes-types/core/v1.d.ts';

/**
 * Security context for Pod Security `restricted`: no root user, the runtime's seccomp profile, and an `fsGroup`.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function hardenedPod(user: number): PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch', // otherwise the kubelet changes the owner of every file at each start
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** A hardened pod without access to Kubernetes: no service account token, no environment variables for Services. */
export function isolatedPod(account: string, user: number): Omit<PodSpec, 'containers'> {
  return {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: hardenedPod(user),
  };
}

/** A container with a read-only root file system, no capabilities and no privilege escalation. */
export const hardenedContainer: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
