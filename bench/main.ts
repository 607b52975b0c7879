import { benchBridge } from './bridge.ts';
import { benchGateway } from './gateway.ts';
import { benchMemory } from './memory.ts';
import { benchOutbox } from './outbox.ts';
import { benchPreview } from './preview.ts';
import { benchService } from './service.ts';
import { benchStart } from './start.ts';
import { benchSynth } from './synth.ts';
import { benchTls } from './tls.ts';

/** `npm run bench [-- synth bridge preview gateway service tls outbox memory start cold]`: prints tables, without thresholds. `cold` builds Kubernetes from an empty cache. */
const benches: Record<string, { readonly title: string; run(): string | Promise<string> }> = {
  synth: { title: 'Synth, compared with bare cdk8s for the same objects', run: benchSynth },
  bridge: { title: 'Bridge to Pulumi, without an engine', run: benchBridge },
  preview: { title: 'Preview of three environments, and its number of lines', run: benchPreview },
  memory: { title: 'Memory of the running dev environment', run: benchMemory },
  gateway: { title: 'Gateway, compared with direct requests to the catalog', run: benchGateway },
  service: { title: 'A service of the kit, compared with bare fastify', run: benchService },
  outbox: { title: 'Outbox, compared with publishing from memory', run: benchOutbox },
  tls: { title: 'A service over mutual TLS, compared with plain HTTP', run: benchTls },
  start: { title: 'npm start by phase, seconds', run: () => benchStart(false) },
  cold: { title: 'npm start by phase from an empty cache, seconds', run: () => benchStart(true) },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}\n    fix: use ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : ['synth', 'bridge']) {
  const { title, run } = benches[name] as (typeof benches)[string];
  console.log(`\n${title}\n\n${await run()}`);
}
console.log(`\npeak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
