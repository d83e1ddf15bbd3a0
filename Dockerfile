# The gateway. Give it a PostgreSQL, a ledger key, a vault key and an issuer (docs/configuration.md):
#   docker run -e DATABASE_URL=postgres://… -e LEDGER_KEY_FILE=/run/secrets/ledger.pem -v ./ledger.pem:/run/secrets/ledger.pem:ro -e VAULT_KEY_FILE=/run/secrets/vault.keys -v ./vault.keys:/run/secrets/vault.keys:ro -v ./config:/app/config:ro -p 4000:4000 countersign
# Without DATABASE_URL it runs the embedded PostgreSQL in /data: mount a volume there, or the data goes with the container.
# Keep /data in any case: it remembers which checkpoints were signed.

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# What is published is what runs here: the same files, by the same list in package.json.
RUN npm pack && tar -xzf countersign-*.tgz
# The package `node` is for machines with an older Node; the image has its own.
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/node node_modules/.bin/node

FROM node:24-slim
WORKDIR /app
COPY --from=build /build/package ./
COPY --from=build /build/node_modules ./node_modules
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENV NODE_ENV=production COUNTERSIGN_MODE=production COUNTERSIGN_DATA=/data HOST=0.0.0.0 PORT=4000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/countersign.js"]
CMD ["start"]
