// v2 from Node: several sources at the same time in JSON, the suffix in the path, refusals by `success === false`.
const [base, token] = process.argv.slice(2);
const jobs = [
  { source: "amazon", topic: "product_and_offers", key: "term", values: "ipad" },
  { source: "ebay", topic: "search_results", key: "term", values: "ipad" },
  { source: "google_shopping", topic: "search_results", key: "term", values: "ipad" },
];
const call = async (path, init) => {
  const response = await fetch(base + path, init);
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
};
const created = await Promise.all(
  jobs.map((job) =>
    call("/v2/jobs", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, country: "au", max_pages: 1, ...job }),
    }),
  ),
);
for (const { job_id: id } of created) {
  while ((await call(`/v2/jobs/${id}?token=${token}`)).status !== "finished");
}
const found = await Promise.all(created.map(({ job_id: id }) => call(`/v2/jobs/${id}/download.json?token=${token}`)));
const [amazon, ebay, google] = found.map((job) => job.results[0].content);
if (!amazon.buybox && amazon.offers.length === 0) throw new Error("nobody sells it");
for (const entry of [...ebay.search_results, ...google.search_results]) {
  // Both spellings are read, and shown as they are.
  if (!entry.name.trim() || entry.img_url.length + entry.image_url.length < 0 || !entry.url.length) throw new Error("blank");
  if (entry.min_price !== null && Number.isNaN(parseFloat(entry.min_price))) throw new Error(entry.min_price);
}
console.log(google.search_results[0].name);
