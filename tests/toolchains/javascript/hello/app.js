// hello CODE WORD…: see ../../README.md.
import { getArguments } from "wasi:cli/environment@0.2.12";
import { exitWithCode } from "wasi:cli/exit@0.2.12";
import { getStdin } from "wasi:cli/stdin@0.2.12";
import { getRandomU64 } from "wasi:random/random@0.2.12";

function readLine() {
  const stdin = getStdin();
  let bytes = [];
  for (;;) {
    let chunk;
    try {
      chunk = stdin.blockingRead(1024n);
    } catch {
      break; // The end of the stream is an error of its own kind.
    }
    bytes.push(...chunk);
    if (chunk.includes(10)) break;
  }
  return new TextDecoder().decode(new Uint8Array(bytes)).split("\n")[0];
}

export const run = {
  run() {
    const [code, ...words] = getArguments().slice(1);
    console.log(`Hello, ${words.join(" ")}, from JavaScript!`);
    console.log(`stdin: ${readLine()}`);
    console.log(`clock: ${Date.now()}`);
    console.log(`random: ${getRandomU64()} ${Math.random()}`);
    exitWithCode(Number(code));
  },
};
