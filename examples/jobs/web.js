// web.js takes jobs and tells what has become of them.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { connect } from "./queue.js";

const redis = await connect();
const port = process.env.PORT ?? 5001;

createServer(async (request, response) => {
  const answer = (status, body) => response.writeHead(status, { "content-type": "text/plain" }).end(body + "\n");
  const number = /^\/jobs\/(\d+)$/.exec(request.url)?.[1];
  if (request.method === "POST" && request.url === "/jobs") {
    const id = String(await redis.incr("jobs"));
    await redis.lPush("queue", JSON.stringify({ id, words: await text(request) }));
    return answer(202, id);
  }
  if (number) {
    const done = await redis.get(`done:${number}`);
    return answer(done === null ? 404 : 200, done ?? "not done");
  }
  if (request.url === "/") return answer(200, `${(await redis.get("jobs")) ?? 0} jobs`);
  answer(404, "web has nothing here");
}).listen(port, () => console.log(`listens on ${port}`));
