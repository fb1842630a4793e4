// worker.js does one job after the other.
import { connect } from "./queue.js";

const redis = await connect();
console.log("waits for jobs");
for (;;) {
  const { element } = await redis.brPop("queue", 0);
  const { id, words } = JSON.parse(element);
  await redis.set(`done:${id}`, words.toUpperCase());
  console.log(`job ${id} is done`);
}
