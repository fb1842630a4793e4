// The gateway that people write: `node recipe.js PORT A B C`. With REPAIRED set
// its connections to the backends are kept, which the usual recipe leaves out.
import { Agent } from "node:http";
import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

const [port, ...backends] = process.argv.slice(2);
const agent = process.env.REPAIRED ? new Agent({ keepAlive: true, maxSockets: 512 }) : undefined;
const app = express();

const middleware = backends.map((backend, i) =>
  createProxyMiddleware({
    target: `http://127.0.0.1:${backend}`,
    agent,
    selfHandleResponse: true,
    on: {
      proxyRes(answer, req, res) {
        if (answer.statusCode === 404 && i < backends.length - 1) {
          if (agent) answer.resume();
          return req.nextBackend();
        }
        res.writeHead(answer.statusCode, answer.headers);
        answer.pipe(res);
      },
    },
  }),
);
for (const ask of middleware) {
  app.use((req, res, next) => {
    req.nextBackend = next;
    ask(req, res, next);
  });
}
app.listen(Number(port), "127.0.0.1");
