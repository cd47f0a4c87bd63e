#!/usr/bin/env bash
# Kinesis with the AWS CLI (version 2): create, wait, put, put many, every iterator type, list, describe,
# delete, one error. KINESIS_ENDPOINT names the server, e.g. http://127.0.0.1:4567; without it this
# runs on AWS.
set -euo pipefail
export AWS_PAGER= LC_ALL=C.UTF-8

kinesis() { aws kinesis "$@" --output text ${KINESIS_ENDPOINT:+--endpoint-url "$KINESIS_ENDPOINT"}; }
fail() { echo "FAILED: $*" >&2; exit 1; }
equal() { [[ $1 == "$2" ]] || fail "expected '$2', got '$1'"; }

# The data of the records from there on, one base64 text per line.
read_from() { # TYPE [options]
  local at
  at=$(kinesis get-shard-iterator --stream-name "$stream" --shard-id "$shard" --shard-iterator-type "$@" \
    --query ShardIterator)
  kinesis get-records --shard-iterator "$at" --query 'Records[].[Data]'
}

stream=aws-cli-$(date +%s)
kinesis create-stream --stream-name "$stream" --shard-count 1
kinesis wait stream-exists --stream-name "$stream"
equal "$(kinesis describe-stream --stream-name "$stream" --query StreamDescription.StreamStatus)" ACTIVE
equal "$(kinesis describe-stream-summary --stream-name "$stream" \
  --query StreamDescriptionSummary.OpenShardCount)" 1
listed=$(kinesis list-streams --query 'StreamNames[]' | tr '\t' '\n')
grep -qx "$stream" <<<"$listed" || fail "the stream is not listed"
shard=$(kinesis list-shards --stream-name "$stream" --query 'Shards[0].ShardId')
equal "$shard" shardId-000000000000

latest=$(kinesis get-shard-iterator --stream-name "$stream" --shard-id "$shard" --shard-iterator-type LATEST \
  --query ShardIterator)
first=$(kinesis put-record --stream-name "$stream" --partition-key a --data "$(printf one | base64)" \
  --query SequenceNumber)
equal "$(kinesis put-records --stream-name "$stream" --query FailedRecordCount \
  --records "PartitionKey=b,Data=$(printf two | base64)" "PartitionKey=c,Data=$(printf three | base64)")" 0

after=$(printf 'two\nthree' | while read -r word || [[ $word ]]; do printf %s "$word" | base64; done)
all=$(printf one | base64)$'\n'$after
equal "$(read_from TRIM_HORIZON)" "$all"
equal "$(read_from AT_SEQUENCE_NUMBER --starting-sequence-number "$first")" "$all"
equal "$(read_from AFTER_SEQUENCE_NUMBER --starting-sequence-number "$first")" "$after"
equal "$(read_from AT_TIMESTAMP --timestamp "$(($(date +%s) - 60))")" "$all"
equal "$(kinesis get-records --shard-iterator "$latest" --query 'Records[].[Data]')" "$all"

kinesis increase-stream-retention-period --stream-name "$stream" --retention-period-hours 48
kinesis wait stream-exists --stream-name "$stream"
kinesis decrease-stream-retention-period --stream-name "$stream" --retention-period-hours 24
kinesis wait stream-exists --stream-name "$stream"

kinesis delete-stream --stream-name "$stream"
kinesis wait stream-not-exists --stream-name "$stream"
said=$(kinesis describe-stream --stream-name "$stream" 2>&1) && fail "the stream is still there"
[[ $said == *"(ResourceNotFoundException)"*"Stream $stream under account "*" not found."* ]] || fail "$said"
echo "aws-cli ok"
