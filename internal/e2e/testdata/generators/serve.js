// A server of one file, which it reads at its start: node serve.js FILE.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const text = readFileSync(process.argv[2], "utf8");
createServer((_, answer) => answer.end(text)).listen(Number(process.env.PORT), "127.0.0.1");
