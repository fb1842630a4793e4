// An API with one video: it can be had in parts, on conditions and from other
// origins, and it has a socket. Every other path it does not know.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const video = Buffer.from("a video of the API, with more bytes than the page of a front end has: " + "x".repeat(4000));

function sendVideo(req, res) {
  res.setHeader("Content-Type", "video/mp4");
  res.setHeader("ETag", '"video"');
  res.setHeader("Last-Modified", new Date("2030-01-01").toUTCString());
  if (req.headers["if-none-match"] === '"video"') return res.writeHead(304).end();
  const range = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? "");
  if (!range) return res.writeHead(200).end(video);
  res.setHeader("Content-Range", `bytes ${range[1]}-${range[2]}/${video.length}`);
  res.writeHead(206).end(video.subarray(Number(range[1]), Number(range[2]) + 1));
}

const server = createServer((req, res) => {
  if (req.url !== "/api/video") return res.writeHead(404).end("no such path");
  if (req.method === "OPTIONS") return res.writeHead(204, { "Access-Control-Allow-Methods": "PUT" }).end();
  sendVideo(req, res);
});
new WebSocketServer({ server, path: "/socket" }).on("connection", (socket) => socket.send("hello from the API"));
server.listen(process.env.PORT, "127.0.0.1");
