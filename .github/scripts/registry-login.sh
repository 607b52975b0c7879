# shellcheck shell=bash
# Sourced: signs in to the registry until the script exits. cosign and skopeo read the same file.
DOCKER_CONFIG=$(mktemp -d); export DOCKER_CONFIG REGISTRY_AUTH_FILE=$DOCKER_CONFIG/config.json
trap 'rm -rf "$DOCKER_CONFIG"' EXIT
jq --null-input --arg host "${REGISTRY%%/*}" '{auths: {($host): {auth: ("\(env.REGISTRY_USER):\(env.REGISTRY_TOKEN)" | @base64)}}}' > "$REGISTRY_AUTH_FILE"
