// A receiver as the documentation shows it: PORT SECRET FILE CRASH_AFTER. Each request becomes a line of JSON in FILE before
// it is answered; after CRASH_AFTER requests (0 = never) the program dies without an answer.
const fs = require("node:fs");
const http = require("node:http");
const { Webhook } = require("standardwebhooks");

const [port, secret, path, crashAfter] = process.argv.slice(2);
const webhook = new Webhook(secret);
let seen = 0;

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString();
    const line = { id: request.headers["webhook-id"], job: null, verified: true, method: request.method, body, path: request.url };
    try {
      line.job = webhook.verify(body, request.headers)?.job_id ?? null; // nothing for an empty body
    } catch {
      line.verified = false;
    }
    fs.appendFileSync(path, JSON.stringify(line) + "\n");
    seen += 1;
    if (seen === Number(crashAfter)) process.kill(process.pid, "SIGKILL");
    response.writeHead(line.verified ? 204 : 400).end();
  });
});
server.listen(Number(port), "127.0.0.1", () => console.log("listening"));
