/**
 * A Kubernetes on this machine and images for it, built from package registries, for networks without an image registry.
 * Implements `ClusterDriver`, `ImageBuilder` and `LocalImages`, and builds Pulumi. Linux x64 as root.
 */
export { certManagerDefinitions } from './cert-manager-definitions.ts';
export { KUBERNETES } from './cluster/binaries.ts';
export { EmbeddedCluster } from './cluster/index.ts';
export { Layout } from './cluster/layout.ts';
export { BUSYBOX } from './cluster/system-images.ts';
export { BuildahBuilder } from './images/buildah.ts';
export { nodeArchives, standIn, standIns } from './images/index.ts';
export { PULUMI_CLI, PULUMI_PROVIDER, pulumiFromModules } from './pulumi/index.ts';
