import { getStdin } from "wasi:cli/stdin";

const [, , code, ...words]: string[] = process.argv;
console.log(words.join("|"));
console.log(`${lines()} lines`);
process.exit(Number(code));

function lines(): number {
  const stream = getStdin();
  let count = 0;
  for (;;) {
    try {
      for (const byte of stream.blockingRead(4096)) if (byte === 10) count += 1;
    } catch {
      // Its end is an error.
      return count;
    }
  }
}
