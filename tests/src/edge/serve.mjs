// Calls a function's web handler as the platform's launcher does.

import { createServer } from "node:http";
import { Readable } from "node:stream";
import handler from "./index.mjs";

createServer(async (incoming, outgoing) => {
  const bodied = !["GET", "HEAD"].includes(incoming.method);
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: incoming.headers,
    body: bodied ? Readable.toWeb(incoming) : undefined,
    duplex: "half",
  });
  const response = await handler.fetch(request);
  outgoing.setHeaders(response.headers);
  outgoing.writeHead(response.status);
  for await (const chunk of response.body ?? []) outgoing.write(chunk);
  outgoing.end();
}).listen(Number(process.argv[2]), "127.0.0.1");
