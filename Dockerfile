# One image for every daemon and peerpodctl; the command names which, and it runs as nobody unless told otherwise. What
# each needs beyond that is in docs/install.md. `make image` builds it, `make image TARGET=libvirt` the one with virsh.
#
#   manifests -> build -> assembled -> libvirt
#                            └───────> peerpods (the last, so the default)
#
# A registry behind a proxy that signs its own certificates: --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt
ARG BASE=docker.io/library/debian:bookworm-slim

# The manifests alone, so that npm runs again only when one of them changes.
FROM ${BASE} AS manifests
COPY package.json package-lock.json /manifests/
COPY native/package.json /manifests/native/
COPY providers /all/providers
RUN cd /all && find providers -maxdepth 2 -name package.json -exec cp --parents {} /manifests \;

FROM ${BASE} AS build
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates gcc libc6-dev npm \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY --from=manifests /manifests ./
COPY image/node-runtime.sh image/node-runtime.sha512 image/
# No package's install script runs. Node comes from npm as well, checked against the sums that are kept here.
RUN --mount=type=secret,id=ca,target=/run/secrets/ca \
  export NODE_EXTRA_CA_CERTS=/run/secrets/ca \
  && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier \
  && sh image/node-runtime.sh
COPY native native
RUN sh native/build.sh
COPY package.json package-lock.json ./
COPY providers providers
COPY proto proto
COPY src src
COPY image image
# What the base is made of, for the list of parts.
COPY --from=manifests /var/lib/dpkg/status /base/dpkg-status
RUN /build/node_modules/.runtime/bin/node image/main.ts --out /out --dpkg-status /base/dpkg-status

FROM ${BASE} AS assembled
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="peerpods" \
  org.opencontainers.image.description="Peer pods for Kubernetes: each pod in a virtual machine of its own" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
# ssh, which the provider libvirt may run, works for nobody who has no name and no home.
RUN echo 'peerpods:x:65532:65532::/home/peerpods:/usr/sbin/nologin' >>/etc/passwd \
  && echo 'peerpods:x:65532:' >>/etc/group \
  && install -d -m 0700 -o 65532 -g 65532 /home/peerpods /home/peerpods/.ssh
COPY --from=build /out/ /
WORKDIR /usr/lib/peerpods
# A number, since runAsNonRoot can not judge a name.
USER 65532:65532
CMD ["cloud-api-adaptor", "help"]

# With what the libvirt provider calls: virsh, over SSH too, and qemu-img.
FROM assembled AS libvirt
USER 0
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libvirt-clients openssh-client qemu-utils \
  && rm -rf /var/lib/apt/lists/*
USER 65532:65532

FROM assembled AS peerpods
