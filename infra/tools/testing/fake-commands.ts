import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Fake commands: a folder that is the whole PATH, and a record of the calls. */
export class FakeCommands {
  public readonly folder = mkdtempSync(join(tmpdir(), 'fake-commands-'));
  readonly #path = process.env.PATH;

  public constructor() {
    process.env.PATH = this.folder;
  }

  /** Adds a command with this shell code; its calls are recorded. */
  public add(name: string, code: string): void {
    mkdirSync(this.folder, { recursive: true });
    const file = join(this.folder, name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "${this.#record}"\n${code}\n`);
    chmodSync(file, 0o755);
  }

  /** Removes a command. */
  public remove(name: string): void {
    rmSync(join(this.folder, name));
  }

  /** All calls so far, such as `kind get clusters`. */
  public get calls(): readonly string[] {
    return existsSync(this.#record) ? readFileSync(this.#record, 'utf8').trim().split('\n') : [];
  }

  /** Restores PATH and removes the folder. */
  public end(): void {
    process.env.PATH = this.#path;
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #record(): string {
    return join(this.folder, 'record');
  }
}

/** A `Progress` that collects texts. */
export function recorder() {
  const said: string[] = [];
  return {
    said,
    step: () => {},
    say: (text: string) => void said.push(text),
    skipped: (what: string, why: string) => void said.push(`${what}: ${why}`),
  };
}
