/** Deploys any cdk8s app with Pulumi: an object in the app is a resource in the stack. Start at `deploy`. */

export type { Manifest } from '@groundwork/constructs';
export { type Deployed, type DeployOptions, deploy } from './deploy.ts';
export type { Identity } from './identity.ts';
export { configSecrets, type SecretSource } from './deploy-time-secrets.ts';
export { OutputResolver } from './outputs.ts';
export { type PlanOptions, plan } from './plan.ts';
export type { Plan, PlannedComponent, PlannedObject } from './planned.ts';
export { KubernetesProvider, type KubernetesProviderArgs, PROVIDER_VERSION } from './provider.ts';
