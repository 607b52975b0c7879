import type { Generated } from 'kysely';

/** Tables of the notifications database, as its migrations create them. */
export interface Tables {
  readonly messages: {
    readonly id: string;
    readonly user_id: string;
    readonly kind: 'welcome';
    readonly recipient: string;
    readonly name: string;
    readonly created_at: Generated<Date>;
    readonly attempts: Generated<number>;
    readonly next_attempt_at: Generated<Date>;
    readonly sent_at: Date | null;
    readonly failed_at: Date | null;
    readonly failure: string | null;
  };
}
