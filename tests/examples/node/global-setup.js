// Jest: one server for all test files, on a port of its own. package.json names this file as globalSetup.
const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");

module.exports = async () => {
  const server = spawn("kinesisd", ["--listen", "127.0.0.1:0"]);
  const said = [];
  const ended = new Promise((end) => server.on("error", (error) => said.push(error.message)).on("close", end));
  server.stderr.on("data", (bytes) => said.push(bytes) && process.stderr.write(bytes));
  let url;
  for await (const line of createInterface({ input: server.stdout })) {
    url = /^Listening at (\S+)/.exec(line)?.[1];
    if (url) break;
  }
  if (!url) {
    await ended;
    throw new Error(`kinesisd did not start: ${said.join("")}`); // and Jest runs no test
  }
  globalThis.kinesisd = server;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_KINESIS: url, AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
  });
};
