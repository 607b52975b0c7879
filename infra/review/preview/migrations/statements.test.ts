import { describe, expect, test } from '@jest/globals';
import { risksOf } from './statements.ts';

const risks = async (sql: string) =>
  (await risksOf(sql)).map(({ severity, line, what }) => `${severity} ${line}: ${what}`);

describe('a migration is reported for', () => {
  test.each<[string, string, RegExp]>([
    [
      'a table',
      'DROP TABLE IF EXISTS orders, "shop"."Items" CASCADE',
      /^critical .*orders, shop.Items deletes its data$/,
    ],
    ['a schema', 'drop schema shop', /^critical .*DROP SCHEMA shop deletes its data$/],
    ['a database', 'DROP DATABASE shop', /^critical .*deletes its data$/],
    ['a column', 'ALTER TABLE orders DROP total', /^critical .*DROP COLUMN orders.total deletes its data/],
    ['all rows', 'TRUNCATE orders', /^critical .*deletes all rows$/],
    ['all of a role', 'DROP OWNED BY users', /^critical .*all that a role owns/],
    ['a view', 'DROP VIEW v', /^warning .*DROP VIEW v: pods of the version before may still use it$/],
    ['a type', 'DROP TYPE mood', /^warning .*DROP TYPE mood:/],
    ['a function', 'DROP FUNCTION add(int)', /^warning .*DROP FUNCTION add:/],
    ['another type of a column', 'ALTER TABLE a.b ALTER c TYPE bigint', /^warning .*ALTER TYPE of a.b.c locks/],
    ['a value of a type', "ALTER TYPE mood RENAME VALUE 'a' TO 'b'", /^warning .*ALTER TYPE renames 'a'/],
    ['NOT NULL', 'ALTER TABLE a ALTER COLUMN b SET NOT NULL', /^warning .*NOT NULL of a.b fails if a row has a null/],
    ['NOT NULL of a domain', 'ALTER DOMAIN d SET NOT NULL', /^warning .*ALTER DOMAIN SET NOT NULL/],
    ['NOT NULL without a default', 'ALTER TABLE a ADD b int NOT NULL', /^warning .*NOT NULL without a default of a.b/],
    ['a key without a default', 'ALTER TABLE a ADD b uuid PRIMARY KEY', /^warning .*NOT NULL without a default of a.b/],
    ['another name', 'ALTER TABLE a RENAME b TO c', /^warning .*RENAME to c/],
    ['a program', 'DO $$ BEGIN DROP TABLE x; END $$', /^warning .*is not checked$/],
    ['what is no SQL', 'CREATE TABL x', /^critical .*Postgres can't read it: syntax error at or near "TABL"$/],
  ])('%s', async (_, sql, expected) => {
    expect(await risks(`${sql};`)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('no risk is', () => {
  test.each([
    'CREATE TABLE a (b int NOT NULL, c text PRIMARY KEY)',
    'CREATE TABLE s.a (b int); ALTER TABLE s.a ADD c int NOT NULL; ALTER TABLE s.a DROP b; DROP TABLE s.a',
    'ALTER TABLE a ADD b int NOT NULL DEFAULT 0',
    'ALTER TABLE a ADD b bigserial NOT NULL, ADD c int NOT NULL GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE a ADD b int NOT NULL GENERATED ALWAYS AS (1) STORED, ADD c int',
    'ALTER TABLE a ALTER b DROP NOT NULL',
    "ALTER TYPE mood ADD VALUE 'c'",
    "INSERT INTO notes VALUES ('DROP TABLE a;'); -- DROP TABLE b;",
    '',
  ])('%s', async (sql) => {
    expect(await risks(sql)).toEqual([]);
  });
});

test('lines are those of the file, in which only what runs at a deployment counts', async () => {
  const up = '-- Up Migration\n\n-- für später\nSELECT 1;\n\n/* two\n lines */\nDROP TABLE a;\n';
  const down = '-- Down Migration\nDROP TABLE b;\n';
  expect(await risks(up + down)).toEqual(['critical 8: DROP TABLE a deletes its data']);
  expect(await risks(down + up)).toEqual(['critical 10: DROP TABLE a deletes its data']);
  expect(await risks(`${up}DROP TABL c;`)).toEqual([expect.stringContaining('critical 9: Postgres')]);
});
