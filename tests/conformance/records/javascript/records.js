const distance = ({ x, y }) => x * x + y * y;

export const records = {
  add: (a, b) => ({ x: a.x + b.x, y: a.y + b.y }),
  older: (person) => ({ ...person, age: person.age + 1 }),
  farthest: (points) => points.reduce((a, b) => (distance(a) < distance(b) ? b : a)),
};
