#!/bin/bash
awslocal kinesis create-stream --stream-name made-by-script --shard-count 2
awslocal kinesis wait stream-exists --stream-name made-by-script
