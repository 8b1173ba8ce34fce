import { Flags } from '@oclif/core'
import { AUTH_PROTOCOLS, PRIV_PROTOCOLS } from '../core/model/credential.ts'
import { needs } from './flag-relations.ts'

const V3 = { helpGroup: 'SNMPV3', relationships: needs('v3-user') }

/** Flags of `simulate`: which devices, what they do, and who may ask them. */
export const simulateFlags = {
  count: Flags.integer({
    min: 1,
    max: 65_536,
    helpValue: 'N',
    summary:
      'Play so many devices, taking turns with the recordings; each copy has its own serial, MAC address and counters.',
  }),
  listen: Flags.string({
    default: '127.0.0.1:1161',
    helpValue: 'ADDRESS:PORT',
    summary: 'Address of the first device; the others follow it. Port 0 takes any free one.',
  }),
  community: Flags.string({ default: 'public', helpValue: 'NAME', summary: 'Community that v1 and v2c must give.' }),
  fault: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'KIND[=N]',
    summary: 'What goes wrong; repeatable.',
  }),
  live: Flags.boolean({ summary: 'Let counters rise, toner fall and be replaced, and paper jam.' }),
  speed: Flags.integer({
    min: 1,
    max: 86_400,
    dependsOn: ['live'],
    helpValue: 'N',
    summary: 'Seconds of life in a second; default 3600, an hour.',
  }),
  seed: Flags.integer({ default: 1, helpValue: 'N', summary: 'The same seed, the same faults and life.' }),
  json: Flags.boolean({ summary: 'One JSON object a device on stdout, once all are ready.' }),
  'v3-user': Flags.string({ helpGroup: 'SNMPV3', helpValue: 'USER', summary: 'SNMPv3 user to let in.' }),
  'auth-protocol': Flags.option({ ...V3, options: AUTH_PROTOCOLS, summary: 'Default sha1.' })(),
  'auth-key-file': Flags.string({
    ...V3,
    helpValue: 'FILE',
    summary: 'File with the authentication key; "-" is stdin.',
  }),
  'priv-protocol': Flags.option({ ...V3, options: PRIV_PROTOCOLS, summary: 'Default aes128.' })(),
  'priv-key-file': Flags.string({ ...V3, helpValue: 'FILE', summary: 'File with the privacy key; "-" is stdin.' }),
}
