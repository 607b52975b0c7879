/** Deploys a system, or any cdk8s app, with Pulumi, one resource per object. Start at `deploy`. */

export type { Manifest } from '@groundwork/constructs';
export { type Deployed, type DeployOptions, deploy } from './deploy.ts';
export { configSecrets, type SecretSource } from './deploy-time-secrets.ts';
export type { Identity } from './identity.ts';
export { OutputResolver } from './outputs.ts';
export {
  type DeploymentPlan,
  deploymentPlan,
  type PlannedComponent,
  type PlannedObject,
  type PlanOptions,
} from './plan.ts';
export { KubernetesProvider, type KubernetesProviderArgs, PROVIDER_VERSION } from './provider.ts';
