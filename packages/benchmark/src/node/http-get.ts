/**
 * One HTTP GET whose bytes are handed over as they come. `fetch` drops what waits in its stream when a line breaks; here every
 * byte that arrived is delivered first, so that each attempt of a download gets further than the one before.
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

const maxRedirects = 5;

function ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    send(url, { headers, signal }, resolve).once("error", reject).end();
  });
}

/**
 * The answer to a GET, redirects followed (never from https to http).
 *
 * @throws Error of Node when there is no connection; Error when there are too many redirects or the scheme is not http(s).
 */
export async function httpGet(
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url = new URL(address);
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error(`${url.protocol} is not http or https`);
    const response = await ask(url, headers, signal);
    const { statusCode = 0 } = response;
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return response;
    response.destroy();
    const next = new URL(location, url);
    if (url.protocol === "https:" && next.protocol !== "https:") throw new Error("a redirect leads from https to http");
    url = next;
  }
  throw new Error(`more than ${maxRedirects} redirects`);
}

/** Gives every chunk to `onChunk` and ends when the answer ends. Rejects when the line breaks or `onChunk` throws. */
export function receiveBody(response: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    response.on("data", (chunk: Buffer) => {
      try {
        onChunk(chunk);
      } catch (error) {
        response.destroy();
        reject(error);
      }
    });
    response.once("end", resolve);
    response.once("error", reject);
    response.once("close", () => reject(new Error("the line broke")));
  });
}
