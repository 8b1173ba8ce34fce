import { SYSLOG_FACILITIES, type SyslogFacility } from '../alerts/syslog-facilities.ts'
import { ALERT_KINDS, ALERT_LEVELS } from '../protocol/alerts.ts'
import { mailAddress, mailAddresses, serverName, sharedSecret, signatureKey, webhookUrl } from './alert-kinds.ts'
import { choice, choiceList, integer, interval, wordList, words, yesOrNo } from './kinds.ts'
import type { Settings } from './setting.ts'

const DAY = 86_400
const FACILITIES = Object.keys(SYSLOG_FACILITIES) as SyslogFacility[]

export const CHANNEL_TYPES = ['webhook', 'command', 'syslog', 'email'] as const

export const ALERTS_KEYS = {
  enabled: { kind: yesOrNo, initial: 'yes', why: 'no: nothing is judged, and nobody is told.' },
  kinds: {
    kind: choiceList(ALERT_KINDS),
    initial: ALERT_KINDS.join(', '),
    why: 'What is worth an alert.',
  },
  low_percent: {
    kind: integer('percent', 2, 90, 10),
    initial: '10',
    why: 'A supply is low with so much or less, and is not any more with 5 more than that.',
  },
  agent_offline_after: {
    kind: interval(0, DAY, '1m'),
    initial: '1m',
    why: 'How long an agent has to be offline: seconds, or 90s, 5m, 1h.',
  },
  device_offline_after: {
    kind: interval(0, DAY, '5m'),
    initial: '5m',
    why: 'How long a printer has to be offline, as its agent tells, while that agent is there.',
  },
  error_after: {
    kind: interval(0, DAY, '2m'),
    initial: '2m',
    why: 'How long a printer has to be in error: paper jams are often gone by then.',
  },
  quiet_minutes: {
    kind: integer('minutes', 0, 1440, 15),
    initial: '15',
    why: 'Minutes after the end of an alert in which the same one does not come again, unless it is worse.',
  },
} satisfies Settings

export const NAMED_ALERTS_KEYS = {
  type: {
    kind: choice(CHANNEL_TYPES),
    initial: '',
    sample: 'webhook',
    why: `${CHANNEL_TYPES.join(', ')}. docs/alerts.md says what each of them gets.`,
  },
  kinds: {
    kind: choiceList(ALERT_KINDS),
    initial: '',
    sample: 'agent_offline, supply_empty',
    why: 'What it is told of. Left out, of all.',
  },
  severity: { kind: choice(ALERT_LEVELS), initial: 'warning', why: 'warning: of all; critical: of the worst only.' },
  url: {
    kind: webhookUrl,
    initial: '',
    why: 'webhook: where the JSON is sent to, for example https://hooks.example/printers.',
  },
  secret: {
    kind: signatureKey,
    initial: '',
    why: 'webhook: key of the signature in X-PrintMaster-Signature, 16 characters or more.',
  },
  command: {
    kind: words(4096),
    initial: '',
    sample: '/usr/local/bin/tell-somebody',
    path: true,
    why: 'command: a program, which gets the JSON on its stdin; relative to this file. No shell is asked.',
  },
  arguments: { kind: wordList, initial: '', sample: '--room, 4', why: 'command: its arguments, separated by commas.' },
  host: { kind: serverName, initial: '', sample: 'mail.example', why: 'syslog, email: name or address of the server.' },
  port: {
    kind: integer('', 1, 65_535, 514),
    initial: '',
    sample: '514',
    why: 'syslog, email: left out, 514 (with TLS 6514) for syslog, 587 (implicit TLS 465, none 25) for email.',
  },
  protocol: {
    kind: choice(['udp', 'tcp', 'tls'] as const),
    initial: 'udp',
    why: 'syslog: udp, tcp or tls.',
  },
  facility: {
    kind: choice(FACILITIES),
    initial: 'daemon',
    why: `syslog: ${FACILITIES.join(', ')}.`,
  },
  from: { kind: mailAddress, initial: '', sample: 'printmaster@example.org', why: 'email: the sender.' },
  to: { kind: mailAddresses, initial: '', sample: 'desk@example.org', why: 'email: who gets it, separated by commas.' },
  user: { kind: words(256), initial: '', sample: 'printmaster', why: 'email: name at the mail server.' },
  password: { kind: sharedSecret, initial: '', why: 'email: its password.' },
  tls: {
    kind: choice(['starttls', 'implicit', 'none'] as const),
    initial: 'starttls',
    why: 'email: starttls (insisted on), implicit (from the first byte), or none.',
  },
  ca: {
    kind: words(4096),
    initial: '',
    sample: 'authority.pem',
    path: true,
    why: "PEM file with the authority of the server's certificate, where that is a private one; relative to this file.",
  },
} satisfies Settings
