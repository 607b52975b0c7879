import { catalog, imageReference } from '../../../build/images/index.ts';
import type { ServicePlan } from '../plan.ts';

/**
 * Dockerfile of a service.
 * @param contracts files with the contracts that it imports
 */
export function dockerfile(
  { name, layout }: Pick<ServicePlan, 'name' | 'layout'>,
  contracts: readonly string[],
): string {
  const folder = `${layout.folder}/${name}`;
  return `# docker build -f ${folder}/Dockerfile . in the root of the repository; infra/build/images/README.md says what each line is for.
ARG BUILD_BASE=${imageReference(catalog.node)}
ARG BASE=${imageReference(catalog['node-runtime'])}

FROM \${BUILD_BASE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY constructs/contract/package.json constructs/contract/
COPY ${layout.kit}/package.json ${layout.kit}/
COPY ${layout.contracts}/package.json ${layout.contracts}/
COPY ${folder}/package.json ${folder}/
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=authorities \\
  npm pkg delete devDependencies optionalDependencies \\
  && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier --workspace=@groundwork/${name} \\
  && rm package.json package-lock.json node_modules/.package-lock.json \\
  && chmod -R u=rwX,go=rX /app

FROM \${BUILD_BASE} AS sources
WORKDIR /app
COPY constructs/contract constructs/contract
COPY ${layout.kit} ${layout.kit}
COPY ${contracts.map((file) => `${layout.contracts}/${file}`).join(' ')} ${layout.contracts}/
COPY ${folder} ${folder}
RUN chmod -R u=rwX,go=rX /app

FROM \${BASE}
ENV NODE_ENV=production PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
WORKDIR /app
COPY --from=packages /app ./
COPY --from=sources /app ./
USER 1000:1000
EXPOSE 8080 8081 8082
ENTRYPOINT []
CMD ["node", "${folder}/main.ts"]
# Last, because they differ in each build.
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="${name}" \\
  org.opencontainers.image.version="\${VERSION}" \\
  org.opencontainers.image.revision="\${REVISION}" \\
  org.opencontainers.image.source="\${SOURCE}" \\
  org.opencontainers.image.licenses="Apache-2.0"
`;
}
