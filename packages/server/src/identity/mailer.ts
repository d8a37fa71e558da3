/** Messages to people: sent by SMTP where it is configured; always kept in the outbox, where the administrator can pass them on. */
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { createTransport } from "nodemailer";
import type { Logger } from "pino";
import type { Database } from "../database/schema.ts";
import type { Settings } from "../settings.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

export interface Mailer {
  readonly configured: boolean;
  /** Keeps the message and tries to send it; a mail server that fails is logged and the message stays in the outbox. */
  send(mail: Mail): Promise<void>;
}

export function openMailer(database: Kysely<Database>, settings: Settings, log: Logger): Mailer {
  const transport = settings.smtpUrl === null ? null : createTransport(settings.smtpUrl);
  return {
    configured: transport !== null,
    async send({ to, subject, body }) {
      const id = randomUUID();
      // Line breaks in a header would start another header.
      const line = subject.replace(/[\r\n]+/g, " ");
      await database.insertInto("outbox").values({ id, recipient: to, subject: line, body }).execute();
      if (transport === null) return;
      try {
        await transport.sendMail({ from: settings.mailFrom, to, subject: line, text: body });
        await database.updateTable("outbox").set({ sent_at: new Date() }).where("id", "=", id).execute();
      } catch (error) {
        log.warn({ error: String(error) }, "mail not sent; it is in the outbox");
      }
    },
  };
}
