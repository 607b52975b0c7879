/** PostgreSQL for services that own a database. */
export { Postgres, type PostgresProps } from './postgres.ts';
