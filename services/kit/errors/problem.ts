import { Type } from 'typebox';
import { catalog, type ErrorCode } from './catalog.ts';

/** Media type of errors (RFC 9457). */
export const PROBLEM_JSON = 'application/problem+json';

/** Type of a problem: a reference to its page at the gateway. It has no host, so it is the same in every environment. */
export function problemType(code: ErrorCode): string {
  return `/problems/${code}`;
}

/** Schema of an error response (RFC 9457), with the extension members `code`, `requestId` and `errors`. */
export const ProblemDetails = Type.Object({
  type: Type.String({
    format: 'uri-reference',
    description: '`/problems/<code>`: at the gateway, a page about the error.',
  }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable: branch on it.' }),
  detail: Type.Optional(Type.String()),
  requestId: Type.Optional(Type.String({ description: 'The same in every log line of the request.' })),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        at: Type.String({ description: 'Place of the value, such as `body/email`.' }),
        message: Type.String(),
      }),
      {
        description: 'Values that do not match the schema.',
      },
    ),
  ),
});

/** One value of a request that does not match the schema. */
export interface FieldError {
  /** Place of the value, such as `body/email`. */
  readonly at: string;
  /** What the schema requires. */
  readonly message: string;
}

export interface ProblemOptions extends ErrorOptions {
  /** Values that do not match the schema. @default none */
  readonly errors?: readonly FieldError[];
  /** Headers of the response, such as `retry-after`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that the caller may see. Any other thrown error becomes `internal`, without its message. */
export class Problem extends Error {
  /** Always `Problem`. */
  public override readonly name = 'Problem';
  /** Stable code; clients branch on it. */
  public readonly code: ErrorCode;
  /** HTTP status of the code. */
  public readonly status: number;
  /** About this occurrence; the caller sees it. */
  public readonly detail: string | undefined;
  /** Values that do not match the schema. */
  public readonly errors: readonly FieldError[] | undefined;
  /** Additional headers of the response. */
  public readonly headers: Readonly<Record<string, string>>;

  /** @param detail about this occurrence; the caller sees it, so it must contain nothing internal and no secret */
  public constructor(code: ErrorCode, detail?: string, options: ProblemOptions = {}) {
    super(detail ?? catalog[code].title, options);
    this.code = code;
    this.status = catalog[code].status;
    this.detail = detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  /** The body of the response. */
  public toJSON(requestId?: string) {
    const { code, status, detail, errors } = this;
    return {
      type: problemType(code),
      title: catalog[code].title,
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(errors === undefined ? {} : { errors }),
    };
  }
}
