// v1 from Node's own http module: a chunked JSON body, the status without a pause, a packed answer.
import http from "node:http";
import zlib from "node:zlib";
const [base, token] = process.argv.slice(2);
const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = { "Accept-Encoding": "gzip" };
    if (body) headers["Content-Type"] = "application/json";
    const request = http.request(base + path, { method, headers }, (response) => {
      const chunks = [];
      const packed = response.headers["content-encoding"] === "gzip";
      const read = packed ? response.pipe(zlib.createGunzip()) : response;
      read.on("data", (chunk) => chunks.push(chunk));
      read.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      read.on("error", reject);
    });
    request.on("error", reject);
    // In two parts and without a length.
    if (body) {
      const text = JSON.stringify(body);
      request.write(text.slice(0, 20));
      request.write(text.slice(20));
    }
    request.end();
  });
const values = ["00885909666966"];
const job = { token, source: "ebay", country: "de", currentness: "daily_updated", completeness: "all_pages", key: "gtin", values };
const { job_id: id } = await call("POST", "/jobs", job);
let polls = 0;
while ((await call("GET", `/jobs/${id}?token=${token}`)).status !== "finished") polls += 1;
const { products } = await call("GET", `/products/bulk/${id}.json?token=${token}`);
if (products[0].success !== true) throw new Error(products[0].reason);
console.log(products[0].name);
