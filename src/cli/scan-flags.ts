import { Flags } from '@oclif/core'
import { AUTH_PROTOCOLS, PRIV_PROTOCOLS, SECURITY_LEVELS } from '../core/model/credential.ts'
import { FORMATS } from '../core/output/formats.ts'
import { configFlag } from './base-command.ts'

/** Flags that say whom to ask. */
export const targetFlags = {
  exclude: Flags.string({
    helpGroup: 'TARGET',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'TARGET',
    summary: 'Leave these addresses out; repeatable.',
  }),
  file: Flags.string({
    helpGroup: 'TARGET',
    char: 'f',
    helpValue: 'FILE',
    summary: 'Read targets from a file, one or more a line; "-" is stdin, "#" starts a comment.',
  }),
  'max-hosts': Flags.integer({
    helpGroup: 'TARGET',
    min: 1,
    helpValue: 'N',
    summary: 'Allow more addresses than 65,536.',
  }),
}

/** Without a user these would be passed over in silence. */
const OF_USER = { helpGroup: 'SNMP', dependsOn: ['v3-user'] }

/** Flags that say how to ask. */
export const askingFlags = {
  community: Flags.string({
    helpGroup: 'SNMP',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME',
    summary:
      "Community to try for v1 and v2c, in place of the config's; repeatable. Others on this machine can see it in the process list.",
  }),
  'snmp-version': Flags.option({
    options: ['1', '2c', '3'] as const,
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'SNMP',
    summary: 'Ask in this version only; repeatable. Default: 2c and 1, and 3 where credentials for it are given.',
  })(),
  'v3-user': Flags.string({
    helpGroup: 'SNMP',
    helpValue: 'USER',
    summary:
      'SNMPv3 user. Its keys come from files, the environment (PRINTMASTER_SNMP_AUTH_KEY, ..._PRIV_KEY) or config.ini.',
  }),
  'security-level': Flags.option({
    options: SECURITY_LEVELS,
    ...OF_USER,
    summary: 'SNMPv3 security level; without it, what the given keys make possible.',
  })(),
  'auth-protocol': Flags.option({
    options: AUTH_PROTOCOLS,
    ...OF_USER,
    summary: 'SNMPv3 authentication protocol.',
  })(),
  'auth-key-file': Flags.string({
    ...OF_USER,
    helpValue: 'FILE',
    summary: 'File with the SNMPv3 authentication key; "-" is stdin.',
  }),
  'priv-protocol': Flags.option({ options: PRIV_PROTOCOLS, ...OF_USER, summary: 'SNMPv3 privacy protocol.' })(),
  'priv-key-file': Flags.string({
    ...OF_USER,
    helpValue: 'FILE',
    summary: 'File with the SNMPv3 privacy key; "-" is stdin.',
  }),
  port: Flags.integer({
    helpGroup: 'SNMP',
    min: 1,
    max: 65_535,
    helpValue: 'PORT',
    summary: 'UDP port (config: 161).',
  }),
  timeout: Flags.integer({
    helpGroup: 'SNMP',
    min: 50,
    max: 60_000,
    helpValue: 'MS',
    summary: 'Milliseconds to wait at most after the last try; less where answers come fast.',
  }),
  retries: Flags.integer({
    helpGroup: 'SNMP',
    min: 0,
    max: 7,
    helpValue: 'N',
    summary: 'How often to ask a silent address again; more where packets get lost.',
  }),
  rate: Flags.integer({
    helpGroup: 'SNMP',
    min: 0,
    max: 1_000_000,
    helpValue: 'N',
    summary: 'Packets a second at most; 0 for no limit.',
  }),
  concurrency: Flags.integer({
    helpGroup: 'SNMP',
    min: 1,
    max: 1024,
    helpValue: 'N',
    summary: 'Printers read at one time.',
  }),
  deadline: Flags.integer({
    helpGroup: 'SNMP',
    min: 1,
    max: 3600,
    helpValue: 'SECONDS',
    summary: 'Time for one printer.',
  }),
}

/** Flags that say what to print. */
export const outputFlags = {
  format: Flags.option({
    options: FORMATS,
    helpGroup: 'OUTPUT',
    default: 'table',
    summary: 'table, json (an array), ndjson (one object a line, as soon as each is read) or csv.',
  })(),
  json: Flags.boolean({ helpGroup: 'OUTPUT', exclusive: ['format'], summary: 'The same as --format json.' }),
  columns: Flags.string({
    helpGroup: 'OUTPUT',
    helpValue: 'FIELD,...',
    summary: 'Show these fields, for example ip,model,supplies.black.level.percent.',
  }),
  sort: Flags.string({
    helpGroup: 'OUTPUT',
    helpValue: 'FIELD,...',
    summary: 'Sort by these fields; "-" before one turns it round.',
  }),
  filter: Flags.string({
    helpGroup: 'OUTPUT',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'EXPRESSION',
    summary: 'Show only what fits, for example "supplies.level.percent<15"; repeatable, all must fit.',
  }),
  watch: Flags.integer({
    helpGroup: 'OUTPUT',
    min: 1,
    max: 86_400,
    helpValue: 'SECONDS',
    summary: 'Scan again and again, and show what changed.',
  }),
}

/** Flags for monitoring systems and for bug reports. */
export const purposeFlags = {
  'exit-code': Flags.boolean({
    helpGroup: 'MONITORING',
    exclusive: ['format', 'json', 'columns', 'sort', 'watch', 'record'],
    summary: 'One summary line and the exit code 0 ok, 1 warning, 2 critical, 3 unknown.',
  }),
  warning: Flags.integer({
    helpGroup: 'MONITORING',
    min: 0,
    max: 100,
    dependsOn: ['exit-code'],
    helpValue: 'PERCENT',
    summary: 'Supplies at or below this are a warning (default 20).',
  }),
  critical: Flags.integer({
    helpGroup: 'MONITORING',
    min: 0,
    max: 100,
    dependsOn: ['exit-code'],
    helpValue: 'PERCENT',
    summary: 'Supplies at or below this are critical (default 10).',
  }),
  explain: Flags.boolean({
    helpGroup: 'RECORDING',
    summary: 'Say for each field which object it came from, what the device answered, and why it was believed.',
  }),
  'ignore-deny-list': Flags.boolean({
    helpGroup: 'SNMP',
    summary: "Ask for the maker's own objects even of models that are known to restart when they are polled.",
  }),
  record: Flags.string({
    helpGroup: 'RECORDING',
    helpValue: 'FILE',
    summary:
      'Write everything that the one target answers to FILE (.snmprec), with the serial numbers, addresses, names and contacts that are known as such made up.',
  }),
  'record-raw': Flags.boolean({
    helpGroup: 'RECORDING',
    dependsOn: ['record'],
    summary: 'Record as it is, with serial numbers, addresses, names and contacts.',
  }),
}

export const globalFlags = { config: configFlag }
