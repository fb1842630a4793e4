// One server in several roles: `node server.js ROLE` listens on $PORT. It
// knows the paths of its role and answers 404 to every other one, as Express does.
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import express from "express";
import { WebSocketServer } from "ws";

const role = process.argv[2];
const { version } = await import(`./lib/${role}.js`); // an edit shows only after a restart
const app = express();

app.use((req, res, next) => {
  console.log(`${req.method} ${req.originalUrl}`);
  res.set("X-Role", role).set("X-Version", version).append("Set-Cookie", `asked=${role}; Path=/`);
  next();
});

// This one reads every body before it knows that the path is not its own; the
// others answer 404 without having read any of it.
if (role === "users") {
  app.use(express.json({ limit: "20mb", verify: (req, res, raw) => (req.raw = raw) }));
}

app.get(`/${role}`, (req, res) => res.json({ role, version }));

app.post(`/echo/${role}`, async (req, res) => {
  if (process.env.SEEN) appendFileSync(process.env.SEEN, `${req.get("X-Request-Id")}\n`);
  const sum = createHash("sha256");
  let bytes = 0;
  for await (const piece of req.raw ? [req.raw] : req) {
    sum.update(piece);
    bytes += piece.length;
  }
  res.json({ role, version, bytes, sha256: sum.digest("hex"), type: req.get("Content-Type") });
});

app.get(`/${role}/slow`, (req, res) => setTimeout(() => res.json({ role, version }), 30));

app.get(`/${role}/login`, (req, res) => {
  res.append("Set-Cookie", "session=1; Path=/; HttpOnly").append("Set-Cookie", "theme=dark; Path=/");
  res.json({ role });
});

app.get(`/${role}/zipped`, (req, res) => {
  res.set("Content-Encoding", "gzip").type("text/plain").send(gzipSync(`zipped by ${role}\n`.repeat(100)));
});

// The second event is sent only once /ROLE/events/next was asked for.
let nextEvent = () => {};
app.get(`/${role}/events`, (req, res) => {
  res.set("Content-Type", "text/event-stream").set("Cache-Control", "no-cache");
  res.write("data: first\n\n");
  nextEvent = () => res.end("data: second\n\n");
  res.on("close", () => res.writableFinished || console.log("the listener has left"));
});
app.get(`/${role}/events/next`, (req, res) => {
  nextEvent();
  res.json({ role });
});

if (role === "site") app.use(express.static("public"));
if (role === "orders") app.use((req, res) => res.status(404).json({ error: "orders does not know it" }));

const server = createServer(app);
// Only this role takes upgrades; in the others they are requests as any other.
if (role === "live") {
  new WebSocketServer({ server, path: "/live/socket" }).on("connection", (socket) => {
    socket.send(`hello from ${role}`);
    socket.on("message", (data, isBinary) => {
      if (!isBinary && data.toString() === "bye") return socket.close(1000, "bye");
      socket.send(data, { binary: isBinary });
    });
  });
}
// The usual way to end well: take nothing new, and end with the last connection.
if (process.env.GRACEFUL) {
  process.on("SIGTERM", () => {
    console.log("closing");
    server.close();
  });
}
server.listen(process.env.PORT, process.env.HOST ?? "127.0.0.1", () => {
  console.log(`${role} listens on ${process.env.PORT}`);
});
