#!/usr/bin/env bash
# Pushes the images in the lock file, digests unchanged, and signs each digest with the identity of this workflow. An
# image whose content is already in the registry is not pushed again.
set -euo pipefail
: "${REGISTRY:?set the variable REGISTRY of the repository, such as mirror.example:5000}"
# shellcheck source=SCRIPTDIR/registry-login.sh
. "$(dirname "$0")/registry-login.sh"
jq --raw-output 'to_entries[] | [.key, .value.repository, .value.version, .value.digest] | @tsv' stacks/images.lock.json |
  while IFS=$'\t' read -r service repository version digest; do
    image=$REGISTRY/$repository
    if ! skopeo inspect --raw "docker://$image@$digest" > /dev/null 2>&1; then
      skopeo copy --preserve-digests "oci-archive:$GROUNDWORK_CACHE/images/$service/$version.tar" "docker://$image:$version"
    fi
    cosign sign --yes "$image@$digest"
    cosign attest --yes --type cyclonedx --predicate "dist/scan/$service.cdx.json" "$image@$digest"
  done
