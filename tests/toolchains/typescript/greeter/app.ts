interface Stats {
  length: number;
  upper: string;
}

export const greeter = {
  greet(name: string): string {
    return `Hello, ${name}, from TypeScript!`;
  },
  measure(text: string): Stats {
    return { length: [...text].length, upper: text.toUpperCase() };
  },
  parse(text: string): number {
    if (!/^\d+$/.test(text)) throw `not a number: ${text}`;
    return Number(text);
  },
};
