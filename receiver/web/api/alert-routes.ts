import type { Incident } from '../../alerts/alerts.ts';
import type { OutboxEntry } from '../../alerts/outbox-view-store.ts';
import * as contract from '../contract/alerts.ts';
import { idParams } from '../contract/session.ts';
import { HttpError } from '../http-error.ts';
import { mailTroubleOf } from '../mail-trouble.ts';
import { perform } from '../perform.ts';
import type { WebPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';

/** Messages of the outbox that are listed. */
const MAX_MESSAGES = 200;

/** What is wrong and what was, who takes care, and what was sent. */
export function alertRoutes({ alerts, control, outbox, rules }: WebPorts): readonly Route[] {
  const whyOf = (incident: Incident) => {
    const silence = alerts.silences.active().find(({ id }) => id === incident.silenceId);
    return silence === undefined ? undefined : silence.why || `silence ${silence.id}`;
  };
  return [
    route(
      {
        ...{ method: 'GET', path: '/alerts', who: 'viewer', summary: 'What is wrong, and what was.' },
        query: contract.alertsQuery,
        answer: contract.alertsAnswer,
      },
      ({ query }) => ({
        firing: alerts.incidents.open().map((incident) => describeAlert(incident, whyOf(incident))),
        history: alerts.incidents
          .history(query.limit)
          .filter(({ endedMs }) => endedMs !== undefined)
          .map((incident) => describeAlert(incident, undefined)),
        mailTrouble: mailTroubleOf(alerts),
      }),
    ),
    route(
      {
        ...{
          method: 'POST',
          path: '/alerts/:id/ack',
          who: 'admin',
          summary: 'Say that somebody takes care of it.',
        },
        params: idParams,
        body: contract.acknowledgeBody,
      },
      ({ params, body, caller }) => {
        const acknowledgement = { atMs: Date.now(), by: caller?.name ?? '', note: body.why };
        if (alerts.incidents.acknowledge(params.id, acknowledgement) === undefined) {
          throw new HttpError(404, 'ALERT_UNKNOWN', 'There is no such alert, or it is over.');
        }
        // Some of the others may be over by now.
        for (const id of body.others) alerts.incidents.acknowledge(id, acknowledgement);
      },
    ),
    route(
      {
        ...{ method: 'GET', path: '/silences', who: 'viewer', summary: 'When nobody is told.' },
        answer: contract.silencesAnswer,
      },
      () => alerts.silences.active().map((silence) => ({ ...silence })),
    ),
    route(
      {
        ...{ method: 'POST', path: '/silences', who: 'admin', summary: 'Tell nobody for a while.' },
        body: contract.silenceBody,
      },
      async ({ body: { pattern, forSeconds, why }, caller }) => {
        const args = { pattern, for_ms: forSeconds * 1000, why, by: caller?.name ?? '' };
        await perform(control, 'silence', args);
      },
    ),
    route(
      {
        ...{ method: 'DELETE', path: '/silences/:id', who: 'admin', summary: 'End a silence.' },
        params: idParams,
      },
      ({ params }) => alerts.silences.end(params.id),
    ),
    route(
      {
        ...{ method: 'GET', path: '/rules', who: 'viewer', summary: 'The rules and what they see.' },
        answer: contract.rulesAnswer,
      },
      async () => await rules(),
    ),
    route(
      {
        ...{ method: 'GET', path: '/outbox', who: 'admin', summary: 'The newest messages.' },
        answer: contract.outboxAnswer,
      },
      () => outbox.newest(MAX_MESSAGES).map(describeMessage),
    ),
    route(
      {
        ...{ method: 'GET', path: '/outbox/:id', who: 'admin', summary: 'A message as it was sent.' },
        params: idParams,
        answer: contract.messageAnswer,
      },
      ({ params }) => {
        const entry = outbox.find(params.id);
        if (entry === undefined) throw new HttpError(404, 'NOT_FOUND', 'There is no such message any more.');
        const { subject, text, html, images = [] } = entry.mail;
        return { subject, to: recipientOf(entry), text, html: withPictures(html, images) };
      },
    ),
  ];
}

function describeAlert(incident: Incident, silenced: string | undefined) {
  const { id, key, rule, node, severity, title, detail, openedMs, endedMs, acknowledged, threadId } =
    incident;
  return {
    ...{ id, key, rule, node, severity, title, detail, sinceMs: openedMs, resolvedMs: endedMs, silenced },
    group: rule === 'disconnect' ? threadId : undefined,
    acknowledged: acknowledged && {
      ...{ by: acknowledged.by, atMs: acknowledged.atMs },
      why: acknowledged.note === '' ? undefined : acknowledged.note,
    },
  };
}

function describeMessage(entry: OutboxEntry) {
  const { id, messageId, state, attempts, queuedMs, doneMs, error, mail } = entry;
  return {
    ...{ id, messageId, subject: mail.subject, to: recipientOf(entry), attempts, createdMs: queuedMs },
    state: state === 'given_up' ? 'given up' : state,
    sentMs: state === 'sent' ? (doneMs ?? null) : null,
    lastError: error ?? null,
  };
}

function recipientOf({ channel, recipient }: OutboxEntry): string {
  return recipient === '' ? channel : recipient;
}

/** A browser has no parts of a mail to look into: the pictures are put where they are named. */
function withPictures(
  html: string,
  images: readonly { readonly cid: string; readonly png: string }[],
): string {
  return images.reduce(
    (text, { cid, png }) => text.replaceAll(`"cid:${cid}"`, `"data:image/png;base64,${png}"`),
    html,
  );
}
