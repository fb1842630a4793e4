import { greeting } from "../src/greeting.js";

document.querySelector("#app").textContent = greeting;
