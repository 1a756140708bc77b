# Two images. "plugin" holds the program alone, to copy it into an image of your own:
#   COPY --from=… /telegraf-icecast-wowza /usr/bin/
# "telegraf" is Telegraf with the program and a configuration driven by environment variables and mounted files.
# Build: docker build --target telegraf -t telegraf-icecast-wowza .
# Base images are arguments, so that a mirror can be used. Other platforms are cross-compiled: docker buildx build --platform linux/arm64 …
ARG GO_IMAGE=golang:1.26-bookworm
ARG TELEGRAF_IMAGE=telegraf:1.39

# The default is for builders that are not BuildKit and do not set it.
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${GO_IMAGE} AS build
ARG TARGETOS
ARG TARGETARCH
ARG TARGETVARIANT
ARG VERSION=
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=${TARGETOS:-linux} GOARCH=${TARGETARCH} GOARM=${TARGETVARIANT#v} \
    go build -tags custom -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /telegraf-icecast-wowza ./cmd/telegraf-icecast-wowza

FROM scratch AS plugin
LABEL org.opencontainers.image.title="telegraf-icecast-wowza" \
      org.opencontainers.image.description="Who is listening to which channel on which Icecast and Wowza server: the Telegraf plugin alone" \
      org.opencontainers.image.source="https://github.com/telegraf-icecast-wowza/telegraf-icecast-wowza" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /telegraf-icecast-wowza /telegraf-icecast-wowza
USER 65532:65532
ENTRYPOINT ["/telegraf-icecast-wowza"]

FROM ${TELEGRAF_IMAGE} AS telegraf
LABEL org.opencontainers.image.title="telegraf with telegraf-icecast-wowza" \
      org.opencontainers.image.description="Telegraf that polls Icecast and Wowza servers for their listeners" \
      org.opencontainers.image.source="https://github.com/telegraf-icecast-wowza/telegraf-icecast-wowza" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /telegraf-icecast-wowza /usr/bin/telegraf-icecast-wowza
COPY deploy/docker/telegraf.conf /etc/telegraf/telegraf.conf
