# One self-contained binary on a small Debian. Build: docker build -t spectr .

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# Sets up the wasm target, builds the site, then the server with the site inside.
RUN cargo xtask build

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin spectr \
 && install -d -o spectr -g spectr -m 0700 /data
COPY --from=build /src/target/release/spectr /usr/local/bin/spectr
USER spectr
WORKDIR /data
ENV SPECTR_ADDR=0.0.0.0:3000 \
    SPECTR_DATA_DIR=/data
# Database, generated keys and outbox when nothing else is configured: keep it.
VOLUME /data
EXPOSE 3000
# A running answer may take up to 25 s to end (`docker stop --time 30`).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/usr/local/bin/spectr"]
CMD ["serve"]
