import { text } from "./app.js";
import core from "./app.core.wasm";

export default {
  async fetch() {
    await WebAssembly.instantiate(core);
    return new Response(text);
  },
  async scheduled() {},
};
