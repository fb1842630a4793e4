async function ask(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${path} says ${answer.status}`);
  return answer.json();
}

async function showUsers() {
  const list = document.getElementById("users");
  try {
    const items = (await ask("/api/users")).map(({ name }) => {
      const item = document.createElement("li");
      item.textContent = name;
      return item;
    });
    list.replaceChildren(...items);
  } catch (error) {
    list.textContent = error.message;
  }
}

async function showMe() {
  const me = document.getElementById("me");
  try {
    me.textContent = `Logged in as ${(await ask("/auth/me")).name}`;
  } catch (error) {
    me.textContent = `Not logged in (${error.message})`;
  }
}

document.getElementById("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name } = Object.fromEntries(new FormData(event.target));
  await ask("/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
  showMe();
});

showUsers();
showMe();
