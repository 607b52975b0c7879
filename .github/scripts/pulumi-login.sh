#!/usr/bin/env bash
# Signs in to Pulumi with the OIDC token of this job: it lasts minutes and is not stored. The organization's
# policy decides what a job of this repository and environment may do.
set -euo pipefail
: "${PULUMI_ORG:?set the variable PULUMI_ORG of the repository}"
token=$(mktemp); trap 'rm -f "$token"' EXIT
curl --silent --show-error --fail --header @- "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=urn:pulumi:org:$PULUMI_ORG" \
  <<< "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" | jq --exit-status --raw-output .value > "$token"
pulumi login --oidc-token "file://$token" --oidc-org "$PULUMI_ORG" --oidc-expiration 1h
