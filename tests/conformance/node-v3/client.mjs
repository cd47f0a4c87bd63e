import { KinesisClient } from "@aws-sdk/client-kinesis";

const endpoint = process.env.KINESIS_ENDPOINT;
export const client = new KinesisClient(endpoint ? { endpoint } : {});
