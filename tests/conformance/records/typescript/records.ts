interface Point {
  x: number;
  y: number;
}

interface Person {
  name: string;
  age: number;
  tags: string[];
  home: Point;
}

const distance = ({ x, y }: Point): number => x * x + y * y;

export const records = {
  add: (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y }),
  older: (person: Person): Person => ({ ...person, age: person.age + 1 }),
  farthest: (points: Point[]): Point =>
    points.reduce((a, b) => (distance(a) < distance(b) ? b : a)),
};
