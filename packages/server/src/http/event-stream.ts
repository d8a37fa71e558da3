/** Server-Sent Events (WHATWG HTML, section 9.2): what changed, to whom it concerns. */
import { SegathlonError } from "@segathlon/errors";
import type { ServerEvent } from "../api/index.ts";
import { endedStates, findSubmission } from "../domain/submission-store.ts";
import type { ChangeEvent } from "../event-hub.ts";
import { answered, type Call, type Handlers, type HttpContext } from "./http-context.ts";
import { submissionView } from "./submission-view.ts";

const maxListeners = 2000;
const heartbeatMilliseconds = 15_000;
/** A reader that is this far behind is let go; it connects again and asks for the present state. */
const maxBacklogBytes = 1024 * 1024;
/** A submission's progress is sent at most this often. */
const quietMilliseconds = 250;

interface EventStream {
  send(event: ServerEvent): void;
  onClose(action: () => void): void;
  end(): void;
}

function openStream(
  context: HttpContext,
  { reply, request }: Pick<Call<"watchSubmission">, "reply" | "request">,
): EventStream {
  if (context.events.listeners >= maxListeners)
    throw new SegathlonError("SEG412", "too many readers of events", { where: { field: "30" } });
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  raw.write("retry: 2000\n\n");
  const timer = setInterval(() => raw.write(": still here\n\n"), heartbeatMilliseconds);
  const closing: (() => void)[] = [() => clearInterval(timer)];
  request.raw.on("close", () => {
    for (const action of closing.splice(0)) action();
  });
  return {
    send(event) {
      if (raw.destroyed) return;
      if (raw.writableLength > maxBacklogBytes) raw.destroy();
      else raw.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    },
    onClose(action) {
      closing.push(action);
    },
    end() {
      raw.end();
    },
  };
}

export const eventHandlers = {
  async watchSubmission(context, call) {
    const id = call.params.submission;
    const stream = openStream(context, call);
    let busy = false;
    let again = false;
    const tell = async (): Promise<void> => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      do {
        again = false;
        const submission = await submissionView(context, await findSubmission(context.database, id));
        stream.send({ type: "submission", submission });
        if ((endedStates as readonly string[]).includes(submission.state)) {
          stream.end();
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, quietMilliseconds));
      } while (again);
      busy = false;
    };
    const run = (): void => {
      tell().catch((error: unknown) => {
        call.request.log.warn({ error: String(error) }, "events");
        stream.end();
      });
    };
    stream.onClose(
      context.events.subscribe((event) => {
        if (event.type === "submission" && event.submission === id) run();
      }),
    );
    run();
    return answered;
  },

  async watchBenchmark(context, call) {
    const stream = openStream(context, call);
    const { benchmark } = call.params;
    const organiser = call.standing.organiser;
    const forMe = (event: ChangeEvent): ServerEvent | null => {
      if (event.benchmark !== benchmark) return null;
      if (event.type === "leaderboard" || event.type === "phase" || event.type === "announcement") return event;
      return event.type === "rescore" && organiser ? event : null;
    };
    stream.onClose(
      context.events.subscribe((event) => {
        const told = forMe(event);
        if (told !== null) stream.send(told);
      }),
    );
    return answered;
  },
} satisfies Partial<Handlers>;
