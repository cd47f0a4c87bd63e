import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const endpoint = process.env.KINESIS_ENDPOINT;
const requestHandler = new NodeHttpHandler(); // HTTP/1.1 instead of HTTP/2
export const client = new KinesisClient(endpoint ? { endpoint, requestHandler } : { requestHandler });
