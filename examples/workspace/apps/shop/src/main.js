import { heading } from "./heading.js";

const show = (id, text) => { document.getElementById(id).textContent = text; };

show("heading", heading);
import.meta.hot?.accept("./heading.js", (changed) => show("heading", changed.heading));

const orders = await (await fetch("/api/orders")).json();
show("orders", `orders: ${orders.join(", ")}`);
