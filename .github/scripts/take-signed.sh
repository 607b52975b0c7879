#!/usr/bin/env bash
# Verifies that deploy.yml on main signed every digest a stack uses. Uses the lock file of this run if there is one.
set -euo pipefail
: "${REGISTRY:?set the variable REGISTRY of the repository, such as mirror.example:5000}"
lock=stacks/images.lock.json
made=dist/release/stacks/images.lock.json
if [ -f "$made" ]; then
  cmp --silent "$made" "$lock" || echo "::notice::The images differ from $lock: commit the one in the artifact 'release' before you tag a release."
  cp "$made" "$lock"
  # For an environment that builds its images: Pulumi uses these digests instead.
  mkdir -p .groundwork
  jq --arg registry "$REGISTRY" '{services: [to_entries[] |
    {service: .key, reference: "\($registry)/\(.value.repository):\(.value.version)@\(.value.digest)", at: "registry"}]}' "$lock" > .groundwork/images.dev.json
fi
# shellcheck source=SCRIPTDIR/registry-login.sh
. "$(dirname "$0")/registry-login.sh"
jq --raw-output '.[] | "\(.repository)@\(.digest)"' "$lock" | while read -r image; do
  cosign verify --certificate-oidc-issuer https://token.actions.githubusercontent.com \
    --certificate-identity "https://github.com/$GITHUB_REPOSITORY/.github/workflows/deploy.yml@refs/heads/main" "$REGISTRY/$image" > /dev/null
  echo "signed: $image"
done
