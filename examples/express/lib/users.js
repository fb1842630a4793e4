// The users of this example. A real API would ask a database.
const users = [
  { id: 1, name: "Ada" },
  { id: 2, name: "Grace" },
  { id: 3, name: "Margaret" },
];

export function allUsers() {
  return users;
}

export function findUser(id) {
  return users.find((user) => user.id === id);
}

export function addUser(name) {
  const user = { id: users.length + 1, name };
  users.push(user);
  return user;
}
