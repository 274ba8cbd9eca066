type Color = "red" | "green" | "deep-blue";

interface Access {
  read?: boolean;
  write?: boolean;
  execute?: boolean;
}

const after: Record<Color, Color> = { red: "green", green: "deep-blue", "deep-blue": "red" };
const names = ["read", "write", "execute"] as const;

export const enumsAndFlags = {
  next: (color: Color): Color => after[color],
  toggle: ({ read, write, execute }: Access): Access => ({
    read: !read,
    write: !write,
    execute: !execute,
  }),
  contains: (access: Access, all: Access): boolean =>
    names.every((name) => access[name] || !all[name]),
};
