import { AUTH_PROTOCOLS, PRIV_PROTOCOLS, SECURITY_LEVELS } from '../model/credential.ts'
import { DEFAULT_DAYS } from '../retention/retention-options.ts'
import { DEFAULT_MAX_HOSTS } from '../targets/expand-targets.ts'
import {
  AGENT_KEYS,
  DISCOVERY_KEYS,
  JOURNAL_KEYS,
  NAMED_READING_KEYS,
  READING_KEYS,
  SERVER_KEYS,
} from './agent-keys.ts'
import { ALERTS_KEYS, NAMED_ALERTS_KEYS } from './alert-keys.ts'
import {
  choice,
  choiceList,
  communities,
  integer,
  listenAddress,
  networks,
  orNone,
  ownToken,
  passPhrase,
  ranges,
  targets,
  words,
  yesOrNo,
} from './kinds.ts'
import { LOG_FORMATS, LOG_LEVELS } from './log-words.ts'
import { s3Endpoint, s3Secret } from './retention-kinds.ts'
import { fileKey, type Section, type Settings } from './setting.ts'

const CREDENTIAL_KEYS = {
  version: {
    kind: choiceList(['1', '2c', '3'] as const),
    initial: '2c, 1',
    why: 'SNMP versions to try, in this order: 1, 2c, 3. A username wants 3 here.',
  },
  community: {
    kind: communities,
    initial: 'public',
    why: 'Communities of v1 and v2c to try, in this order, separated by commas.',
  },
  username: { kind: words(32), initial: '', sample: 'monitor', why: 'User of SNMPv3.' },
  security_level: {
    kind: choice(SECURITY_LEVELS),
    initial: '',
    sample: 'authPriv',
    why: 'noAuthNoPriv, authNoPriv or authPriv. Left out, the keys that are given decide.',
  },
  auth_protocol: {
    kind: choice(AUTH_PROTOCOLS, { sha: 'sha1' }),
    initial: 'sha1',
    why: `${AUTH_PROTOCOLS.join(', ')}.`,
  },
  auth_key: { kind: passPhrase, initial: '', why: 'Pass phrase for authentication, 8 characters or more.' },
  priv_protocol: {
    kind: choice(PRIV_PROTOCOLS, { aes: 'aes128' }),
    initial: 'aes128',
    why: `${PRIV_PROTOCOLS.join(', ')}; those that end in c are the Cisco (Reeder) kind.`,
  },
  priv_key: { kind: passPhrase, initial: '', why: 'Pass phrase for encryption, 8 characters or more.' },
  context_name: { kind: words(255), initial: '', why: 'SNMPv3 context, for the few printers that have several.' },
} satisfies Settings

export const SNMP_KEYS = {
  ...CREDENTIAL_KEYS,
  port: { kind: integer('', 1, 65_535, 161), initial: '161', why: 'UDP port that printers answer on.' },
  timeout: {
    kind: integer('milliseconds', 50, 60_000, 1000),
    initial: '1000',
    why: 'Milliseconds to wait at most after the last try; less where answers come fast.',
  },
  retries: {
    kind: integer('retries', 0, 7, 2),
    initial: '2',
    why: 'How often to ask a silent address again; more often where packets get lost.',
  },
} satisfies Settings

export const NAMED_SNMP_KEYS = {
  ranges: {
    kind: ranges,
    initial: '',
    sample: '10.20.0.0/16, 10.30.1.10-20',
    why: 'Addresses that these credentials are for. Left out, they are tried on all, before those of [snmp].',
  },
  ...CREDENTIAL_KEYS,
  community: { ...CREDENTIAL_KEYS.community, initial: '' },
} satisfies Settings

export const SCAN_KEYS = {
  targets: {
    kind: targets,
    initial: '',
    sample: '192.168.1.0/24, printer.example',
    why: 'What to scan when the command names no target. Left out, the local networks.',
  },
  exclude: { kind: targets, initial: '', sample: '192.168.1.1', why: 'What never to ask.' },
  rate: {
    kind: integer('packets per second', 0, 1_000_000, 2000),
    initial: '2000',
    why: 'Packets per second at most, 0 for no limit.',
  },
  concurrency: {
    kind: integer('printers', 1, 1024, 64),
    initial: '64',
    why: 'Printers read at the same time; each is still asked one thing at a time.',
  },
  max_hosts: {
    kind: integer('addresses', 1, 16_777_216, DEFAULT_MAX_HOSTS),
    initial: String(DEFAULT_MAX_HOSTS),
    why: 'Addresses that one scan may ask; guards against a slip in a prefix.',
  },
  deadline: {
    kind: integer('seconds', 1, 3600, 60),
    initial: '60',
    why: 'Seconds that reading one printer may take; what was read by then is kept.',
  },
} satisfies Settings

export const PROFILES_KEYS = {
  directory: {
    kind: words(4096),
    initial: '',
    sample: 'profiles',
    path: true,
    why: 'Directory with profiles of your own; relative to this file.',
  },
} satisfies Settings

export const LISTEN_KEYS = {
  address: {
    kind: listenAddress,
    initial: '127.0.0.1',
    why: 'IP address to listen on. 0.0.0.0 and :: are all of this machine; beyond loopback an enrolment token and TLS are wanted.',
  },
  port: { kind: integer('', 0, 65_535, 9090), initial: '9090', why: 'TCP port; 0 takes any free one.' },
  allow_plaintext: {
    kind: yesOrNo,
    initial: 'no',
    why: 'yes: listen beyond loopback without TLS, where tokens and readings can be read on the way.',
  },
  trusted_proxies: {
    kind: networks,
    initial: '',
    sample: '10.0.0.5, 10.1.0.0/16',
    why: 'Reverse proxies whose X-Forwarded-For is believed: addresses and networks. From others it is passed over.',
  },
  max_connections: {
    kind: integer('connections', 10, 1_000_000, 20_000),
    initial: '20000',
    why: 'Connections at one time; further ones are closed at once.',
  },
} satisfies Settings

export const DATABASE_KEYS = {
  path: {
    kind: words(4096),
    initial: '',
    sample: '/var/lib/printmaster/printmaster.db',
    path: true,
    why: "File of the SQLite database, relative to this file. Left out, printmaster.db in the state directory of systemd, else in the user's data directory.",
  },
} satisfies Settings

export const SECURITY_KEYS = {
  enrolment_token: {
    kind: ownToken,
    initial: '',
    why: 'A token of your own that agents may register with, beside those of "printmaster token create"; 32 characters or more.',
  },
  requests_per_second: {
    kind: integer('requests per second', 1, 100_000, 10),
    initial: '10',
    why: 'Requests a second that each agent, and each other token, may make for long.',
  },
  burst: { kind: integer('requests', 1, 100_000, 20), initial: '20', why: 'Requests that it may make at once.' },
  refused_attempts: {
    kind: integer('attempts', 1, 100_000, 10),
    initial: '10',
    why: 'Refused tokens a minute from one address; further ones are put off. A valid token never is.',
  },
  audit_key: {
    kind: words(4096),
    initial: '',
    sample: '/etc/printmaster/audit-key.pem',
    path: true,
    why: 'File of the key that signs heads of the audit log; made where there is none. Left out, it is beside the database.',
  },
} satisfies Settings

export const TLS_KEYS = {
  certificate: {
    kind: words(4096),
    initial: '',
    sample: 'fullchain.pem',
    path: true,
    why: 'PEM file with the certificate and those that it was issued by; relative to this file. Read again on SIGHUP.',
  },
  key: {
    kind: words(4096),
    initial: '',
    sample: 'privkey.pem',
    path: true,
    why: 'PEM file with its private key, without a pass phrase.',
  },
} satisfies Settings

export const PRESENCE_KEYS = {
  offline_after: {
    kind: integer('seconds', 10, 86_400, 90),
    initial: '90',
    why: 'Seconds without a sign of life until an agent counts as offline; one that is connected is known to be gone sooner.',
  },
  missed_heartbeats: {
    kind: integer('heartbeats', 2, 100, 3),
    initial: '3',
    why: 'Heartbeats that may be missing of an agent that told how often it sends them; offline_after is for the others.',
  },
} satisfies Settings

const days = (initial: number, why: string) => ({
  kind: integer('days', 1, 36_500, initial),
  initial: String(initial),
  why,
})

export const RETENTION_KEYS = {
  metrics_detailed_days: days(DEFAULT_DAYS.metrics_detailed_days, 'Days that every reading is kept.'),
  metrics_summary_days: days(
    DEFAULT_DAYS.metrics_summary_days,
    'Days that a reading counts in hours and days of its own; after that in months.',
  ),
  metrics_delete_days: days(DEFAULT_DAYS.metrics_delete_days, 'Days until months leave as well.'),
  audit_log_days: days(DEFAULT_DAYS.audit_log_days, 'Days that entries of the audit log are kept.'),
  alerts_days: days(DEFAULT_DAYS.alerts_days, 'Days that alerts are kept when they are over.'),
  commands_days: days(DEFAULT_DAYS.commands_days, 'Days that commands to agents are kept when they have ended.'),
  agent_health_days: days(DEFAULT_DAYS.agent_health_days, 'Days that the health of agents is kept.'),
  hour: {
    kind: orNone(integer('', 0, 23, 3)),
    initial: '3',
    why: 'The hour of the day, local time, at which the server brings this about; none: only "printmaster retention run" does.',
  },
  archive: {
    kind: choice(['directory', 's3', 'none'] as const),
    initial: 'directory',
    why: 'Where rows go before they are deleted: directory, s3 (any store that speaks it), or none.',
  },
  archive_directory: {
    kind: words(4096),
    initial: '',
    sample: '/var/lib/printmaster/archive',
    path: true,
    why: 'With archive = directory: where. Left out, the directory "archive" beside the database.',
  },
  s3_bucket: {
    kind: words(255),
    initial: '',
    sample: 'printers',
    why: 'With archive = s3: the bucket, which must be there.',
  },
  s3_prefix: { kind: words(512), initial: '', sample: 'printmaster', why: 'What the names of all objects begin with.' },
  s3_endpoint: {
    kind: s3Endpoint,
    initial: '',
    sample: 'https://s3.example',
    why: "URL of the store; left out, Amazon's.",
  },
  s3_region: { kind: words(64), initial: 'us-east-1', why: 'Region of the bucket.' },
  s3_access_key_id: {
    kind: words(256),
    initial: '',
    sample: 'AKIDEXAMPLE',
    why: 'Access key. Left out, AWS_ACCESS_KEY_ID and the other usual places count.',
  },
  s3_secret_access_key: { kind: s3Secret, initial: '', why: 'The secret of the access key.' },
} satisfies Settings

export const METRICS_KEYS = {
  per_device: {
    kind: yesOrNo,
    initial: 'no',
    why: 'yes: page count and supply levels of every device as well, some ten lines for each.',
  },
} satisfies Settings

export const LOG_KEYS = {
  level: { kind: choice(LOG_LEVELS), initial: 'info', why: `${LOG_LEVELS.join(', ')}. Read again on SIGHUP.` },
  format: {
    kind: choice(LOG_FORMATS),
    initial: '',
    sample: 'json',
    why: `json (one object a line) or text. Left out, text on a terminal and json elsewhere.`,
  },
} satisfies Settings

/** Everything that `config.ini` may hold, in the order of the example. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  snmp: {
    why: 'How to ask every printer that no [snmp.NAME] is bound to.',
    keys: SNMP_KEYS,
    named: {
      why: 'Credentials with a name of your own, for some of the addresses; as many such sections as you need.',
      sample: 'labels',
      keys: NAMED_SNMP_KEYS,
    },
  },
  scan: { why: 'What a scan asks, and how fast.', keys: SCAN_KEYS },
  profiles: { why: 'What vendors do differently.', keys: PROFILES_KEYS },
  server: { why: 'The agent: where its readings go.', keys: SERVER_KEYS },
  discovery: { why: 'The agent: when it looks for printers.', keys: DISCOVERY_KEYS },
  reading: {
    why: 'The agent: when it reads the printers that it knows.',
    keys: READING_KEYS,
    named: {
      why: 'Other times for some of the printers; as many such sections as you need, the first that fits a printer counts.',
      sample: 'warehouse',
      keys: NAMED_READING_KEYS,
    },
  },
  journal: { why: 'The agent: where readings wait until the server has them.', keys: JOURNAL_KEYS },
  agent: { why: 'The agent: where it answers about itself.', keys: AGENT_KEYS },
  listen: { why: 'Where "printmaster server" listens.', keys: LISTEN_KEYS },
  database: { why: 'Where the server keeps what it was told.', keys: DATABASE_KEYS },
  security: { why: 'Who may register, and how much anybody may ask.', keys: SECURITY_KEYS },
  tls: { why: 'HTTPS: both keys, or none for plain HTTP.', keys: TLS_KEYS },
  presence: { why: 'When an agent counts as gone.', keys: PRESENCE_KEYS },
  alerts: {
    why: 'What the server raises alerts for, and how patient it is.',
    keys: ALERTS_KEYS,
    named: {
      why: 'Who is told; as many such sections as you need, each with a name of your own and the keys of its type.',
      sample: 'desk',
      keys: NAMED_ALERTS_KEYS,
    },
  },
  retention: { why: 'How long the server keeps what it was told.', keys: RETENTION_KEYS },
  metrics: { why: 'What Prometheus gets from /metrics.', keys: METRICS_KEYS },
  log: { why: 'What server and agent write to stderr.', keys: LOG_KEYS },
}

/** All keys that may be written for `keys`, companions included. */
export function listKeys(keys: Settings): string[] {
  return Object.entries(keys).flatMap(([key, { kind }]) => (kind.secret ? [key, fileKey(key)] : [key]))
}

/** The settings of a section as written in brackets, for example `snmp` or `snmp.lab`; null for an unknown one. */
export function findSettings(section: string): Settings | null {
  const dot = section.indexOf('.')
  const base = dot < 0 ? section : section.slice(0, dot)
  if (!Object.hasOwn(SECTIONS, base)) return null
  const found = SECTIONS[base] as Section
  if (dot < 0) return found.keys
  return isSetName(section.slice(dot + 1)) ? (found.named?.keys ?? null) : null
}

function isSetName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,31}$/.test(name)
}
