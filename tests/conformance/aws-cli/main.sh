#!/usr/bin/env bash
# Kinesis with the AWS CLI (version 2), one part of the API after the other; each prints what it saw hold.
# (The CLI has no subscribe-to-shard.)
#
# KINESIS_ENDPOINT names the server, e.g. http://localhost:4567; without it this runs on AWS. For https, the CLI
# trusts the certificate in the file that AWS_CA_BUNDLE names.
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

# One error, told by its type.
expect() { # TYPE command...
  local type=$1 said
  shift
  said=$(kinesis "$@" 2>&1) && fail "no $type"
  [[ $said == *"($type)"* ]] || fail "$type expected: $said"
  echo "${said//$'\n'/}"
}

stream=aws-cli-$(date +%s)
kinesis create-stream --stream-name "$stream" --shard-count 1
kinesis wait stream-exists --stream-name "$stream"
equal "$(kinesis describe-stream-summary --stream-name "$stream" \
  --query 'StreamDescriptionSummary.[StreamStatus,OpenShardCount]')" $'ACTIVE\t1'
arn=$(kinesis describe-stream --stream-name "$stream" --query StreamDescription.StreamARN)
listed=$(kinesis list-streams --query 'StreamNames[]' | tr '\t' '\n')
grep -qx "$stream" <<<"$listed" || fail "the stream is not listed"
shard=$(kinesis list-shards --stream-name "$stream" --query 'Shards[0].ShardId')
equal "$shard" shardId-000000000000
echo "a stream created, waited for, described and listed"

latest=$(kinesis get-shard-iterator --stream-name "$stream" --shard-id "$shard" --shard-iterator-type LATEST \
  --query ShardIterator)
first=$(kinesis put-record --stream-name "$stream" --partition-key a --data "$(printf one | base64)" \
  --query SequenceNumber)
equal "$(kinesis put-records --stream-arn "$arn" --query FailedRecordCount \
  --records "PartitionKey=b,Data=$(printf two | base64)" "PartitionKey=c,Data=$(printf three | base64)")" 0

after=$(printf 'two\nthree' | while read -r word || [[ $word ]]; do printf %s "$word" | base64; done)
all=$(printf one | base64)$'\n'$after
equal "$(read_from TRIM_HORIZON)" "$all"
equal "$(read_from AT_SEQUENCE_NUMBER --starting-sequence-number "$first")" "$all"
equal "$(read_from AFTER_SEQUENCE_NUMBER --starting-sequence-number "$first")" "$after"
equal "$(read_from AT_TIMESTAMP --timestamp "$(($(date +%s) - 60))")" "$all"
equal "$(kinesis get-records --shard-iterator "$latest" --query 'Records[].[Data]')" "$all"
echo "puts, and reads through five types of iterators"

kinesis increase-stream-retention-period --stream-name "$stream" --retention-period-hours 48
kinesis wait stream-exists --stream-name "$stream"
kinesis decrease-stream-retention-period --stream-name "$stream" --retention-period-hours 24
kinesis wait stream-exists --stream-name "$stream"
echo "retention up and down"

consumer=$(kinesis register-stream-consumer --stream-arn "$arn" --consumer-name fan --query Consumer.ConsumerARN)
until [[ $(kinesis describe-stream-consumer --consumer-arn "$consumer" \
  --query ConsumerDescription.ConsumerStatus) == ACTIVE ]]; do sleep 0.1; done
echo "a consumer registered"

kinesis split-shard --stream-name "$stream" --shard-to-split "$shard" \
  --new-starting-hash-key 170141183460469231731687303715884105728
kinesis wait stream-exists --stream-name "$stream"
equal "$(kinesis list-shards --stream-name "$stream" --query "Shards[?ParentShardId=='$shard'].ShardId")" \
  $'shardId-000000000001\tshardId-000000000002'
echo "a shard split"

# Three records of a megabyte are more than a shard takes in a second; one that was refused is put again.
large=$(mktemp)
trap 'rm -f "$large"' EXIT
entry="{\"PartitionKey\": \"k\", \"ExplicitHashKey\": \"0\", \"Data\": \"$(head -c 1000000 /dev/zero | base64 -w 0)\"}"
echo "[$entry, $entry, $entry]" >"$large"
code=$(kinesis put-records --stream-name "$stream" --records "file://$large" --query 'Records[2].ErrorCode')
equal "$code" ProvisionedThroughputExceededException
echo "[$entry]" >"$large"
until [[ $(kinesis put-records --stream-name "$stream" --records "file://$large" --query FailedRecordCount) == 0 ]]; do
  sleep 0.1
done
echo "a PutRecords that fails in part, and what was refused put again"

expect ResourceNotFoundException describe-stream --stream-name nowhere
expect ResourceInUseException create-stream --stream-name "$stream" --shard-count 1
expect InvalidArgumentException put-record --stream-name "$stream" --partition-key k --data "" \
  --explicit-hash-key 340282366920938463463374607431768211456
expect ValidationException split-shard --stream-name "$stream" --shard-to-split "$shard" \
  --new-starting-hash-key middle
expect LimitExceededException create-stream --stream-name large --shard-count 20001

kinesis delete-stream --stream-name "$stream" --enforce-consumer-deletion
kinesis wait stream-not-exists --stream-name "$stream"
echo "a stream deleted"
