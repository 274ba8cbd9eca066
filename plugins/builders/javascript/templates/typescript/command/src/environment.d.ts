// What a program finds of its surroundings.

declare const process: {
  /** The program's name twice, then its arguments. */
  readonly argv: string[];
  readonly env: Record<string, string>;
  /** What it ends with unless it says otherwise: zero, or anything else. */
  exitCode: number;
  cwd(): string;
  exit(code?: number): never;
};

declare const console: Record<
  "log" | "info" | "debug" | "warn" | "error",
  (...values: unknown[]) => void
>;
