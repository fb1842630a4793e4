// A server for `npm run`, in the words of serve.py.
const { createHash } = require("node:crypto");
const { createServer } = require("node:http");

const known = ["GET /tree", "GET /tree/slow", "POST /echo/tree"];
const server = createServer(async (req, res) => {
  const sum = createHash("sha256");
  let bytes = 0;
  for await (const piece of req) {
    sum.update(piece);
    bytes += piece.length;
  }
  const answer = JSON.stringify({ role: "tree", version: "first", bytes, sha256: sum.digest("hex") });
  res.writeHead(known.includes(`${req.method} ${req.url}`) ? 200 : 404, { "Content-Type": "application/json" });
  setTimeout(() => res.end(answer), req.url === "/tree/slow" ? 30 : 0);
});
server.listen(process.env.PORT, "127.0.0.1", () => console.log(`tree listens on ${process.env.PORT}`));
