/** Contracts alone, for code that runs inside services: this subpath loads no cdk8s. */
export * from '@groundwork/contract';
