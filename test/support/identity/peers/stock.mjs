// Runs in a pod: the kit's server. Responds with the serial number of the certificate of its latest caller.
import { run, serve } from '@groundwork/kit';
import { open, PORT, stock } from './contracts.mjs';

const { log, metrics, trust } = open(stock);
let shown = '';
const server = serve(stock, { look: async () => ({ status: 200, body: shown }) }, { log, metrics, trust });
server.server.on('secureConnection', (socket) => {
  shown = socket.getPeerCertificate().serialNumber ?? shown;
});
await run(server, { config: { PORT, PROBE_PORT: 8081, METRICS_PORT: 8082 }, log, metrics, trust });
