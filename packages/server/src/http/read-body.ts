/** A body of bytes, held in memory up to a limit. */
import { SegathlonError } from "@segathlon/errors";
import type { FastifyRequest } from "fastify";

export async function readBody(request: FastifyRequest, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes)
    throw new SegathlonError("SEG411", `the file has ${announced} bytes, the limit is ${maxBytes}`);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request.raw as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw new SegathlonError("SEG411", `the file has more than ${maxBytes} bytes`);
    parts.push(part);
  }
  // An array of its own, so that a thread can take it over without a copy.
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
