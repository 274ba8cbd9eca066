const after = { red: "green", green: "deep-blue", "deep-blue": "red" };
const names = ["read", "write", "execute"];

export const enumsAndFlags = {
  next: (color) => after[color],
  toggle: ({ read, write, execute }) => ({ read: !read, write: !write, execute: !execute }),
  contains: (access, all) => names.every((name) => access[name] || !all[name]),
};
