import type { Exception } from '../infra/build/scan/index.ts';

/** Findings of scans that we accept, and why that is right for now. */
export const exceptions: readonly Exception[] = [
  // Dockle's name in images, and Trivy's in Dockerfiles.
  ...['CIS-DI-0006', 'DS-0026'].map((id) => ({
    id,
    reason: 'Kubernetes runs these images, has probes of its own, and does not read HEALTHCHECK',
    expires: '2027-05-31',
  })),
];
