/** Day-two operations: sends test alerts, restores systems, replays dead letters, rotates secrets, renews certificates. */
export { sendTestAlert } from './alerts/send-test-alert.ts';
export { restoreConsul } from './consul/restore.ts';
export { type AuthorityRotation, rotateAuthority } from './identity/authority.ts';
export { issueAgain } from './identity/certificate.ts';
export { replayDeadLetters } from './kafka/replay.ts';
export { restorePostgres } from './postgres/restore.ts';
export { type KnownSecret, ROTATIONS, type Rotation, readersOf, type SecretStore, secretsOf } from './secrets/list.ts';
export { type Rotating, rotate } from './secrets/rotate.ts';
export { rotationDates } from './secrets/rotation-dates.ts';
export { StackSecrets } from './secrets/stack-secrets.ts';
export { type Budget, errorBudgets, type Objective } from './slo/budgets.ts';
