import Fastify from 'fastify';
import { PRODUCT, shelf } from './product.ts';

/** Bare fastify with the same route and schemas; with LOG=fastify it writes its two log lines per request. */
const server = Fastify({ logger: process.env.LOG === 'fastify' });
const { method, path, spec } = shelf.http.getProduct;
server.route({
  method,
  url: path,
  schema: { params: spec.params, response: spec.reply },
  handler: async () => PRODUCT,
});
await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
