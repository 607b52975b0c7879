/** Deployment: engines, their state, rollout tracking, and the clusters that they deploy to. */
export { ENVIRONMENT_OF, MANAGER, PART_OF_SET, RESTORE_MANAGER, ROTATION_MANAGER } from './annotations.ts';
export { ApplyEngine } from './apply.ts';
export { awaitRollout } from './await-rollout.ts';
export { checkCluster } from './check-cluster.ts';
export { chooseEngine, type EngineName } from './choose.ts';
export {
  type Check,
  type Chosen,
  type Cluster,
  type ClusterDriver,
  ContextCluster,
  chooseDriver,
  KindCluster,
  type LoadableImage,
} from './cluster/index.ts';
export { diagnoseAnswer } from './diagnose.ts';
export type { Changes, Deployment, Engine } from './engine.ts';
export { itemsOf, Kubectl, type LiveObject } from './kubectl.ts';
export { type Ask, withPortForward } from './port-forward.ts';
export { PulumiEngine } from './pulumi.ts';
export type { PulumiInstallation } from './pulumi-installation.ts';
export { rightsOf } from './rights.ts';
export { runsNewest, stuckContainer, workloadState } from './rollout.ts';
export { ROTATION_STEP, rotationStep } from './rotation-lock.ts';
export { looksMade, nextValue, redact } from './secret-values.ts';
export { SecretsFile } from './secrets-file.ts';
export { type PulumiProgram, Stack } from './stack.ts';
