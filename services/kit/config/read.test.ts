import { ConfigurationError, contract } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { File, readConfig } from './read.ts';
import { serviceVariables } from './variables.ts';

const schema = {
  PORT: Type.Integer({ minimum: 1, default: 8080 }),
  HOST: Type.String({ description: 'where it is' }),
  KEY_FILE: File('the key'),
  NOTE: Type.Optional(Type.String()),
};

test('returns typed values, with defaults for unset and empty variables', () => {
  expect(readConfig(schema, { HOST: 'here', KEY_FILE: import.meta.filename, PORT: '' })).toEqual({
    PORT: 8080,
    HOST: 'here',
    KEY_FILE: import.meta.filename,
  });
  expect(readConfig(schema, { HOST: 'here', KEY_FILE: import.meta.filename, PORT: '1', NOTE: 'x' })).toMatchObject({
    PORT: 1,
    NOTE: 'x',
  });
});

test('lists every fault at once, with the description of the variable and the missing file', () => {
  const read = () => readConfig(schema, { PORT: 'many', KEY_FILE: '/no/such/file' });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(
    /PORT must be integer[\s\S]*HOST is not set \(where it is\)[\s\S]*KEY_FILE names the file \/no\/such\/file, which is missing/,
  );
});

test('never prints an invalid value, which may be a secret in the wrong variable', () => {
  expect(() => readConfig(schema, { PORT: 'hunter2' })).not.toThrow(/hunter2/);
});

test('rejects the name of another service', () => {
  expect(() => readConfig(serviceVariables(contract('shop', {})), { SERVICE: 'other' })).toThrow(/SERVICE must be/);
});
