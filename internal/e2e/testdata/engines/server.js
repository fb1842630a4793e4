// A backend that says what it has been asked: node server.js NAME PATH...
// A path that ends in "/" stands for all that is below it. "page" for a path
// answers every other GET with a page.
const http = require("http");
const crypto = require("crypto");

const [name, ...known] = process.argv.slice(2);
const page = known.includes("page");
const knows = (url) => known.some((p) => url.split("?")[0] === p || (p.length > 1 && p.endsWith("/") && url.startsWith(p) && !url.includes("gone")));

const server = http.createServer((req, res) => {
  const hash = crypto.createHash("sha256");
  let length = 0;
  req.on("data", (chunk) => {
    hash.update(chunk);
    length += chunk.length;
  });
  req.on("end", () => {
    if (!knows(req.url)) {
      const shown = page && (req.method === "GET" || req.method === "HEAD");
      res.writeHead(shown ? 200 : 404, { "Content-Type": shown ? "text/html" : "application/json" });
      res.end(shown ? "<title>the page</title>" : JSON.stringify({ backend: name, error: "not found" }));
      return;
    }
    if (req.url.includes("/events") || req.url.includes("/lines")) {
      res.writeHead(200, { "Content-Type": req.url.includes("/events") ? "text/event-stream" : "application/x-ndjson" });
      res.write("data: first\n\n"); // and nothing more, until the client leaves
      return;
    }
    const head = { "Content-Type": "application/json" };
    if (req.url.includes("/trailer")) head.Trailer = "X-Sum";
    res.writeHead(200, head);
    if (head.Trailer) res.addTrailers({ "X-Sum": "7" });
    const asked = { backend: name, method: req.method, url: req.url, body: hash.digest("hex"), length };
    for (const h of ["host", "x-forwarded-host", "x-forwarded-proto", "cookie"]) asked[h] = req.headers[h] || "";
    res.end(JSON.stringify(asked));
  });
});

server.on("upgrade", (req, socket, early) => {
  socket.on("error", () => socket.destroy());
  if (!knows(req.url)) {
    socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return;
  }
  const accept = crypto.createHash("sha1").update(req.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n");
  socket.write(name + ":");
  socket.write(early);
  socket.pipe(socket);
});

server.listen(process.env.PORT, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
