import { type Dockerfile, DockerfileParser, type Instruction, type PropertyInstruction } from 'dockerfile-ast';
import type { ImageDescription, Package } from './image.ts';

/** What a Dockerfile tells of its image before it is built: nothing of files, and of accounts. */
export function describeDockerfile(
  name: string,
  reference: string,
  text: string,
  packages: readonly Package[] = [],
): ImageDescription {
  const dockerfile = DockerfileParser.parse(text);
  const last = finalStages(dockerfile);
  const named = (keyword: string): Instruction[] => last.filter((one) => one.getKeyword() === keyword);
  return {
    name,
    reference,
    user: named('USER').at(-1)?.getArgumentsContent() ?? '',
    env: named('ENV').flatMap((one) => pairs(one)),
    healthcheck: named('HEALTHCHECK').some((one) => one.getArgumentsContent() !== 'NONE'),
    volumes: named('VOLUME').flatMap((one) =>
      one.getArguments().map((argument) => argument.getValue().replaceAll(/[[\]",]/g, '')),
    ),
    instructions: [...basesOf(text), ...last.map((one) => plain(one))],
    files: [],
    accounts: [],
    shadow: [],
    packages,
  };
}

/** FROM lines of a Dockerfile, the defaults of its arguments filled in. */
export function basesOf(text: string): string[] {
  const dockerfile = DockerfileParser.parse(text);
  const defaults = new Map(
    dockerfile.getInitialARGs().map((arg) => [arg.getProperty()?.getName() ?? '', arg.getProperty()?.getValue() ?? '']),
  );
  const stages = new Set(dockerfile.getFROMs().map((from) => from.getBuildStage()));
  return dockerfile
    .getFROMs()
    .filter((from) => !stages.has(from.getImage()))
    .map((from) =>
      plain(from).replaceAll(/\$\{?(\w+)\}?/g, (whole, variable: string) => defaults.get(variable) ?? whole),
    );
}

/** Instructions of the last stage, and of those that it is made from; others reach the image by COPY only. */
function finalStages(dockerfile: Dockerfile): Instruction[] {
  const stages: Instruction[][] = [];
  for (const one of dockerfile.getInstructions()) {
    if (one.getKeyword() === 'FROM') stages.push([]);
    stages.at(-1)?.push(one);
  }
  const froms = dockerfile.getFROMs();
  const made = (index: number): Instruction[] => {
    const from = froms.findIndex((one, at) => at < index && one.getBuildStage() === froms[index]?.getImage());
    return [...(from === -1 ? [] : made(from)), ...(stages[index] ?? []).slice(1)];
  };
  return made(stages.length - 1);
}

/** `NAME=value` of an ENV, in either of its forms. */
function pairs(env: Instruction): string[] {
  return (env as PropertyInstruction)
    .getProperties()
    .map((property) => `${property.getName()}=${property.getValue() ?? ''}`);
}

/** An instruction on one line. */
function plain(instruction: Instruction): string {
  const text = instruction.getArgumentsContent() ?? '';
  return `${instruction.getKeyword()} ${text.replaceAll(/\\\r?\n/g, ' ').replaceAll(/\s+/g, ' ')}`.trim();
}
