import type { Manifest } from '@groundwork/constructs';
import type { Identity } from './identity.ts';

/** One object as it will be registered. */
export interface PlannedObject {
  /** Name in the URN, such as `Deployment/shop-dev/users`. */
  readonly name: string;
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly identity: Identity;
  /** The object, deploy-time secrets and Outputs still as tokens. */
  readonly manifest: Manifest;
  /** Where it stands in the construct tree. */
  readonly path: string;
  /** Objects of the same component that come first. */
  readonly dependsOn: Set<PlannedObject>;
  /** What it may be called in the state of an earlier run. */
  readonly earlier: readonly Identity[];
  /** Whether it holds data, and so is never deleted. */
  readonly keep: boolean;
}

/** One chart as it will be registered: a component with its objects as children. */
export interface PlannedComponent {
  readonly name: string;
  readonly dependsOn: Set<PlannedComponent>;
  /** What others need first, comes first. */
  readonly objects: readonly PlannedObject[];
}

/** What `deploy` will register, in that order. */
export interface DeploymentPlan {
  readonly components: readonly PlannedComponent[];
}
