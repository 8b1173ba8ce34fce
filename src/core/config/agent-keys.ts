import { agentName, loopbackAddress, proxyUrl, serverToken, serverUrl } from './agent-kinds.ts'
import { integer, interval, orNone, ranges, wordList, words, yesOrNo } from './kinds.ts'
import { quietHours } from './quiet-hours-kind.ts'
import type { Setting, Settings } from './setting.ts'

const DAY = 86_400

export const SERVER_KEYS = {
  enabled: {
    kind: yesOrNo,
    initial: 'no',
    why: 'yes: what the agent reads goes to the server at url. Without it the agent works alone, and keeps its readings.',
  },
  url: {
    kind: serverUrl,
    initial: '',
    sample: 'https://printers.example:9090',
    why: 'The server; a path may follow.',
  },
  agent_id: {
    kind: agentName,
    initial: '',
    sample: 'agent-001',
    why: 'Name that the server knows the agent by. Left out, the agent makes a UUID at its first start.',
  },
  name: {
    kind: words(256),
    initial: '',
    sample: 'Branch office, cellar',
    why: 'What people call the agent. Left out, the host name.',
  },
  enrolment_token: {
    kind: serverToken,
    initial: '',
    why: 'Token to register with, from "printmaster token create --scope enrolment". Needed until the agent is registered.',
  },
  upload_interval: {
    kind: interval(5, DAY, '60s'),
    initial: '60',
    why: 'How often readings are sent; what a search found goes at once.',
  },
  heartbeat_interval: {
    kind: interval(10, 3600, '30s'),
    initial: '30',
    why: 'How often the agent shows the server that it is alive; less than [presence] offline_after of the server.',
  },
  ca: {
    kind: words(4096),
    initial: '',
    sample: 'authority.pem',
    path: true,
    why: "PEM file with the authority of the server's certificate, where that is a private one; relative to this file.",
  },
  client_certificate: {
    kind: words(4096),
    initial: '',
    sample: 'agent.pem',
    path: true,
    why: 'PEM file with a certificate of the agent, where something before the server wants one.',
  },
  client_key: {
    kind: words(4096),
    initial: '',
    sample: 'agent.key',
    path: true,
    why: 'PEM file with its private key, without a pass phrase.',
  },
  proxy: {
    kind: proxyUrl,
    initial: '',
    why: 'HTTP proxy on the way to the server, for example http://proxy.example:3128, with NAME:PASSWORD@ where it wants them. Left out, HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment count.',
  },
  allow_plaintext: {
    kind: yesOrNo,
    initial: 'no',
    why: 'yes: speak plain http:// beyond loopback, where token and readings can be read on the way.',
  },
} satisfies Settings

const QUIET_HOURS = {
  kind: quietHours,
  initial: 'none',
  why: '',
} satisfies Setting<unknown>

export const DISCOVERY_KEYS = {
  interval: {
    kind: interval(60, 30 * DAY, '1h'),
    initial: '1h',
    why: 'How often the targets of [scan] are searched for printers: seconds, or 90s, 5m, 1h, 1d.',
  },
  quiet_hours: { ...QUIET_HOURS, why: 'When not to search, by the local clock: 22:00-06:00, 12:00-13:00. Or none.' },
} satisfies Settings

export const READING_KEYS = {
  interval: {
    kind: interval(10, 30 * DAY, '5m'),
    initial: '5m',
    why: 'How often each known printer is read: state, total and alerts, and the rest where something changed. One that is offline for long is asked every 5m at most.',
  },
  full_interval: {
    kind: interval(10, 30 * DAY, '1h'),
    initial: '1h',
    why: 'How often everything is read, changed or not; not less than interval.',
  },
  quiet_hours: { ...QUIET_HOURS, why: 'When to leave printers alone, by the local clock: 22:00-06:00. Or none.' },
} satisfies Settings

export const NAMED_READING_KEYS = {
  ranges: {
    kind: ranges,
    initial: '',
    sample: '10.20.0.0/16, 10.30.1.10-20',
    why: 'Addresses of the printers that this is for. Left out, all.',
  },
  models: {
    kind: wordList,
    initial: '',
    sample: 'HP LaserJet, Zebra ZT',
    why: 'Beginnings of their models, case aside. Left out, all. With ranges too, both have to fit.',
  },
  interval: {
    ...READING_KEYS.interval,
    initial: '',
    sample: '15m',
    why: 'As in [reading]; left out, taken from there.',
  },
  full_interval: { ...READING_KEYS.full_interval, initial: '', sample: '6h', why: 'Likewise.' },
  quiet_hours: { ...QUIET_HOURS, initial: '', sample: '20:00-07:00', why: 'Likewise; "none" for no quiet hours here.' },
} satisfies Settings

export const JOURNAL_KEYS = {
  path: {
    kind: words(4096),
    initial: '',
    sample: '/var/lib/printmaster-agent/journal.db',
    path: true,
    why: "File of the agent's journal, relative to this file. Left out, journal.db in the state directory of systemd, else in the user's data directory. Wants a restart.",
  },
  size: {
    kind: integer('megabytes', 10, 10_000_000, 1024),
    initial: '1024',
    why: 'Megabytes (10^6 bytes) that the journal may take on disk.',
  },
  days: {
    kind: integer('days', 1, 3650, 30),
    initial: '30',
    why: 'Days that readings are kept while they cannot be sent. docs/agent.md says what goes first.',
  },
} satisfies Settings

export const AGENT_KEYS = {
  health_address: {
    kind: loopbackAddress,
    initial: '127.0.0.1',
    why: 'Loopback address where the agent answers about itself: /healthz, /metrics, /status.',
  },
  health_port: {
    kind: orNone(integer('', 0, 65_535, 9091)),
    initial: '9091',
    why: 'TCP port; 0 takes any free one, none answers nowhere.',
  },
} satisfies Settings
