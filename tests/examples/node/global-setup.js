// Jest: one server for all test files, on a port of its own. package.json names this file as globalSetup.
const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");

module.exports = async () => {
  const server = spawn("kinesisd", ["--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  globalThis.kinesisd = server;
  for await (const line of createInterface({ input: server.stdout })) {
    const found = /^Listening at (\S+)/.exec(line);
    if (found) {
      process.env.AWS_ENDPOINT_URL_KINESIS = found[1];
      break;
    }
  }
  Object.assign(process.env, {
    AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
  });
};
