import { Type } from 'typebox';
import { catalog, type ErrorCode } from './catalog.ts';

/** Media type of errors (RFC 9457). */
export const PROBLEM_JSON = 'application/problem+json';

/** Body of an error (RFC 9457), with two members of ours: `code` and `requestId`. */
export const ProblemDetails = Type.Object({
  type: Type.String({ description: 'urn:groundwork:problem:<code>' }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable: branch on it.' }),
  detail: Type.Optional(Type.String()),
  requestId: Type.Optional(Type.String({ description: 'The same in every log line of the request.' })),
  errors: Type.Optional(
    Type.Array(
      Type.Object({ at: Type.String({ description: 'Where, such as `body/email`.' }), message: Type.String() }),
      {
        description: 'What does not fit the schema.',
      },
    ),
  ),
});

/** One field that does not fit. */
export interface FieldError {
  readonly at: string;
  readonly message: string;
}

export interface ProblemOptions extends ErrorOptions {
  /** Fields that don't fit. @default none */
  readonly errors?: readonly FieldError[];
  /** Headers of the answer, such as `retry-after`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that the caller may see. Anything else that is thrown becomes `internal`, without its message. */
export class Problem extends Error {
  public override readonly name = 'Problem';
  public readonly code: ErrorCode;
  public readonly status: number;
  public readonly detail: string | undefined;
  public readonly errors: readonly FieldError[] | undefined;
  public readonly headers: Readonly<Record<string, string>>;

  /** @param detail about this occurrence; the caller reads it, so nothing internal and no secret */
  public constructor(code: ErrorCode, detail?: string, options: ProblemOptions = {}) {
    super(detail ?? catalog[code].title, options);
    this.code = code;
    this.status = catalog[code].status;
    this.detail = detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  /** The answer's body. */
  public toJSON(requestId?: string) {
    const { code, status, detail, errors } = this;
    return {
      type: `urn:groundwork:problem:${code}`,
      title: catalog[code].title,
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(errors === undefined ? {} : { errors }),
    };
  }
}
