// The servers of a shop: node shop.mjs api|web|work|flood.
import http from "node:http";

const [role, rate, total] = process.argv.slice(2);
const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

const pages = {
  api: {
    "/api/users": ["application/json", '{"users":["<b>Ada</b>","Grace"]}'],
    "/api/fast": ["text/plain", "fast"],
    "/api/broken": ["text/plain", "no stock", 500],
  },
  web: { "/": ["text/html", "<h1>shop</h1>"], "/logo.png": ["image/png", pixel] },
};

function serve(name) {
  http.createServer((req, res) => {
    const parts = [];
    req.on("data", (part) => parts.push(part));
    req.on("end", () => {
      const path = req.url.split("?")[0];
      if (path !== "/api/fast") console.log(`${req.method} ${req.url} ${Buffer.concat(parts)}`);
      const [type, body, status] = pages[name][path] ?? ["text/plain", `${name}: nothing at ${path}`, 404];
      const headers = { "Content-Type": type, "Content-Length": Buffer.byteLength(body) };
      if (name === "api") headers["Set-Cookie"] = "session=secret-of-the-api";
      res.writeHead(status ?? 200, headers).end(body);
    });
  }).listen(process.env.PORT, () => console.log(`${name} listens`));
}

// work prints a line of every kind, and then one a second.
function work() {
  console.log("\x1b[32mgreen\x1b[0m and <b>plain</b>");
  console.log("ERROR no queue");
  console.log("a warning without its word in capitals");
  console.error("on stderr");
  let n = 0;
  setInterval(() => console.log(`job ${++n}`), 1000);
}

// flood prints so many lines a second, and so many in all.
function flood() {
  let n = 0;
  const began = Date.now();
  const timer = setInterval(() => {
    const due = Math.min(Number(total), Math.floor(((Date.now() - began) * Number(rate)) / 1000));
    let text = "";
    while (n < due) text += `flood line ${++n} of ${total} with some more words in it\n`;
    if (text) process.stdout.write(text);
    if (n >= Number(total)) clearInterval(timer);
  }, 20);
  setInterval(() => {}, 1000);
}

({ work, flood }[role] ?? (() => serve(role)))();
