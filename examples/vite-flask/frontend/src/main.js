import { greeting } from "./greeting.js";

const show = (text) => { document.getElementById("greeting").textContent = text; };

show(greeting);
import.meta.hot?.accept("./greeting.js", (changed) => show(changed.greeting));

const books = await (await fetch("/api/books")).json();
document.getElementById("books").replaceChildren(...books.map((title) => {
  const item = document.createElement("li");
  item.textContent = title;
  return item;
}));
