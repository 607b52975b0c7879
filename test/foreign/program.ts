import { late } from '@groundwork/constructs';
import { contract, route } from '@groundwork/constructs/contract';
import { plan } from '@groundwork/pulumi';
import { ApiObject, App, Chart } from 'cdk8s';

const bakery = contract('bakery', { http: { list: route('GET', '/loaves', { reply: {} }) } });
const app = new App();
const chart = new Chart(app, bakery.name);
new ApiObject(chart, 'secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'oven' }, stringData: { key: late('bakery/oven', 'password') } } as never);

console.log(JSON.stringify(plan(app).components.flatMap(({ objects }) => objects.map(({ manifest }) => manifest))));
