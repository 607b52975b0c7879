import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Base of the fake forges: an HTTP server on loopback. */
export abstract class Loopback {
  /** Requests in order: method and path. */
  public readonly asked: string[] = [];
  readonly #server: Server = createServer((request, response) => void this.#take(request, response));

  public async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  public async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** @param sent the request's body */
  protected abstract answer(request: IncomingMessage, url: URL, sent: string, response: ServerResponse): Promise<void>;

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://forge');
    this.asked.push(`${request.method} ${url.pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await this.answer(request, url, Buffer.concat(chunks).toString(), response);
  }
}

/** Responds with JSON. */
export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/**
 * The requested page of a list.
 * @param usual default page size
 */
export function page<T>(all: readonly T[], { searchParams }: URL, usual: number): readonly T[] {
  const [size, number] = [Number(searchParams.get('per_page') ?? usual), Number(searchParams.get('page') ?? 1)];
  return all.slice((number - 1) * size, number * size);
}
