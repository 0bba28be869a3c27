import { createHash } from 'node:crypto';
import { cleanText } from '../../../../shared/mail/clean-text.ts';
import type { Mail } from '../../mail/mail.ts';
import { isFiring, type NoticeAlert } from '../../mail/notice.ts';

/** Longest text of a message that goes along, characters. */
const MAX_TEXT = 8_000;

type Labels = Readonly<Record<string, string>>;

/** What Alertmanager sends to webhooks, version 4. */
export interface AlertmanagerBody {
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
    readonly fingerprint: string;
  }[];
}

/** «Not over yet», as Go writes a time that was not set. */
const NEVER = '0001-01-01T00:00:00Z';

/** Makes the body for a message. The alerts of an incident have the same labels and fingerprint when it begins and when it ends. */
export function alertmanagerBody(mail: Mail, receiver: string, linkBase = ''): AlertmanagerBody {
  const { notice, text, references, messageId } = mail;
  const alerts = notice.alerts.map((alert) => describe(alert, linkBase));
  const status = alerts.length === 0 || isFiring(notice) ? 'firing' : 'resolved';
  return {
    version: '4',
    groupKey: (references[0] ?? messageId).slice(1, -1),
    truncatedAlerts: 0,
    status,
    receiver,
    groupLabels: {},
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: { summary: notice.headline, description: text.slice(0, MAX_TEXT) },
    externalURL: linkBase,
    alerts,
  };
}

function describe(alert: NoticeAlert, linkBase: string): AlertmanagerBody['alerts'][number] {
  const { key, rule, node, severity, openedMs, endedMs } = alert;
  const labels: Labels = {
    alertname: rule,
    severity,
    key: cleanText(key),
    ...(node === undefined ? {} : { node, instance: node }),
  };
  return {
    status: endedMs === undefined ? 'firing' : 'resolved',
    labels,
    annotations: { summary: cleanText(alert.title) },
    startsAt: new Date(openedMs).toISOString(),
    endsAt: endedMs === undefined ? NEVER : new Date(endedMs).toISOString(),
    generatorURL: linkBase,
    // Of what names the incident, and not of its severity, which may rise meanwhile.
    fingerprint: createHash('sha256').update(key).digest('hex').slice(0, 16),
  };
}

/** The labels that all have in common. */
function common(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => labels[name] === value)),
  );
}
