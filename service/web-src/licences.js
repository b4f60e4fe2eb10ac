// Writes LICENCES.txt beside the bundle: of each package in it, its name, version, licence and the licence's text.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const out = process.env.GONGKAI_WEB_OUT ?? "../web/editor";
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const parts = [];
for (const [place, entry] of Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!place || entry.dev || !existsSync(place)) continue;
  const { name, version, license } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
  const files = readdirSync(place).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = files.map((file) => readFileSync(join(place, file), "utf8").replace(/\r\n/g, "\n").trim());
  parts.push(`${name} ${version} (${license ?? "see below"})\n\n${texts.join("\n\n") || "No licence text is packed with it."}\n`);
}
writeFileSync(join(out, "LICENCES.txt"), parts.join(`\n${"-".repeat(80)}\n\n`));
console.log(`LICENCES.txt: ${parts.length} packages`);
