# The image of a release: the static binary, the certificates of authorities, a user that is not root, and
# nothing else. goreleaser gives the build a folder with LINUX/ARCH/apigw-sync.
FROM --platform=$BUILDPLATFORM alpine:3.22 AS certificates
RUN apk add --no-cache ca-certificates

FROM scratch
ARG TARGETPLATFORM
COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY $TARGETPLATFORM/apigw-sync /usr/bin/apigw-sync
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/bin/apigw-sync"]
