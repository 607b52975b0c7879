import type { Generated } from 'kysely';

/** Tables of the catalog database, as its migrations make them. */
export interface Tables {
  readonly products: {
    readonly id: Generated<string>;
    readonly name: string;
    readonly description: string;
    readonly category: string;
    readonly price_amount: number;
    readonly currency: string;
    /** Made by Postgres from name, category and description. */
    readonly search: Generated<string>;
  };
}
