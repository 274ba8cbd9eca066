export const strings = {
  greet: (name: string): string => `Hello, ${name}!`,
  count: (text: string): number => [...text].length,
  repeat: (text: string, times: number): string => text.repeat(times),
};
