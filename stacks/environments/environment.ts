import type { Demand, Edge, LogLevel, Quota, Resources, Scaling, Size, Spread } from '@groundwork/constructs';

/** How one service runs in an environment. What it is, is in its contract. */
export interface ServiceSizing {
  readonly scaling: Scaling;
  /** Of each pod. */
  readonly resources: Resources;
}

/** What runs where: all in which environments differ. Plain data, no effects. */
export interface Environment {
  /** Such as `dev`; also the name of the Pulumi stack. */
  readonly name: string;
  /** Kube context it is deployed to; any other is refused. @default none: only clusters that `npm start` makes itself */
  readonly context?: string;
  readonly images: {
    /** `build`: our images are made from this checkout. `prebuilt`: they are those that the release pipeline tested and noted in `images.lock.json`. */
    readonly source: 'build' | 'prebuilt';
    /** Mirror that all images are pulled from, as `host[:port][/path]`. @default each image's own registry */
    readonly registry?: string;
  };
  /** How the world outside gets to the gateway. */
  readonly edge: Edge;
  /** By contract. A service that isn't listed stops the synth. */
  readonly services: Readonly<Record<string, ServiceSizing>>;
  /** How pods of all services are spread. */
  readonly spread: Spread;
  readonly logLevel: LogLevel;
  readonly postgres: {
    readonly storage: Size;
    /** @default the cluster's default class */
    readonly storageClass?: string;
    readonly resources: Resources;
    readonly maxConnections: number;
    /** Raised with each change of the database roles' passwords. @default 1 */
    readonly passwordGeneration?: number;
  };
  /** The most that all pods may have together. */
  readonly quota: Quota;
  /** Whether data stores are kept when they leave the program, and refuse to be deleted. */
  readonly protectData: boolean;
  /** What the environment counts on, by kind of backing system; a waiver says why it does without. */
  readonly demands: Readonly<Record<string, Demand>>;
}
