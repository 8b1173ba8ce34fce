import { isIPv6 } from 'node:net'
import type { Disguise } from './scrub-tokens.ts'

const SERIAL =
  /(?:\b(?:SN|SERN|S\/N|SERIALNUMBER)|\bserial(?: ?(?:no\.?|number|#))?)\s*[:=#]\s*([A-Za-z0-9][A-Za-z0-9-]{4,63})/gi
/** "S/N VNB3K99999": a blank is enough where the word can only mean a serial. */
const SERIAL_BLANK = /\b(?:S\/N|SN|serial ?(?:no\.?|number|#))\s+([A-Za-z0-9][A-Za-z0-9-]{4,63})/gi
/** ";SN12345678" in the name of a supply. */
const SERIAL_GLUED = /(?<![A-Za-z0-9])SN(?=(?:[A-Z-]*\d){3})([0-9A-Z][0-9A-Z-]{4,31})(?![A-Za-z0-9])/g
/** The host name that HP's network cards come with: the end of their MAC address. */
const NPI = /(?<![A-Za-z0-9])NPI[0-9A-F]{6}(?![A-Za-z0-9])/gi
/** Mailboxes of nobody in particular, whose names are words as well. */
const ROLE =
  /^(?:info|support|service|servicedesk|help-?desk|help|sales|mail|print|printers|noreply|no-reply|webmaster|postmaster|root|user|test|toner|supplies)$/i
const MAC = /(?<![0-9a-f:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f:-])/gi
const MAC_DOTTED = /(?<![0-9a-f.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![0-9a-f.])/gi
const EMAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}/g
/** Firmware is written like an address too; where a word says that it is a version, it is one. */
const VERSION_BEFORE = /(?:\bv|ver|version|rev|revision|firmware|fw|f\/w|release)[.:=\s]*$/i
const IPV4 = /(?<![\d.])(?:(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])\.){3}(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?!\.?\d)/g
const IPV6 = /(?<![0-9a-z:.])[0-9a-f]{1,4}:[0-9a-f:]{2,37}(?![0-9a-z:])/gi
const PHONE = /(?<![\w+])\+\d[\d ()/.-]{6,24}\d/g
const KEY_VALUE =
  /\b(?:ssid|psk|passphrase|passwd|password|pwd|wpa[-_ ]?key|wep[-_ ]?key|community|user(?:[-_ ]?name)?|owner|login|workgroup|hostname|host[-_ ]name)\s*[:=]\s*"?([^\s;,"|<>&]{1,64})/gi

/** Finds what looks like a serial, an address, a person or a secret in a device's text, and adds it to `disguise`. */
export function findTokens(text: string, disguise: Disguise): void {
  if (text.length < 5) return
  for (const match of text.matchAll(SERIAL)) disguise.addSerial(match[1] as string)
  for (const match of text.matchAll(SERIAL_BLANK)) disguise.addSerial(match[1] as string)
  for (const match of text.matchAll(SERIAL_GLUED)) disguise.addSerial(match[1] as string)
  for (const [name] of text.matchAll(NPI)) disguise.addToken(name)
  for (const [mac] of text.matchAll(MAC)) disguise.addMac(bareMac(mac))
  for (const [mac] of text.matchAll(MAC_DOTTED)) if (!/^[\d.]+$/.test(mac)) disguise.addMac(bareMac(mac))
  for (const [address] of text.matchAll(EMAIL)) {
    disguise.addToken(address)
    const [mailbox, domain] = address.split('@') as [string, string]
    disguise.addToken(domain)
    if (!ROLE.test(mailbox)) disguise.addSecret(mailbox)
  }
  for (const [number] of text.matchAll(PHONE)) disguise.addToken(number)
  for (const match of text.matchAll(KEY_VALUE)) disguise.addSecret(match[1] as string)
  for (const match of text.matchAll(IPV4)) {
    if (!VERSION_BEFORE.test(text.slice(Math.max(0, match.index - 12), match.index))) disguise.addAddress(match[0])
  }
  for (const [found] of text.matchAll(IPV6)) {
    const address = found.replace(/(?<!:):$/, '')
    if (isIPv6(address) && /^(?:fe[89ab][0-9a-f]|f[cd][0-9a-f]{2}|[23][0-9a-f]{3}):/i.test(address))
      disguise.addIpv6(address)
  }
}

/** The names in "John Doe <jdoe@corp.example>": what consists of two to four words and is not the model's. */
export function findPeople(text: string, disguise: Disguise, isKnown: (name: string) => boolean): void {
  for (const part of text.split(/[<>()[\]{},;:"|/=]+/)) {
    const words = part.trim().split(/\s+/)
    const isName = words.length >= 2 && words.length <= 4 && words.every((word) => /^[A-Za-z\x80-\xff.'-]+$/.test(word))
    if (isName && !isKnown(part)) disguise.addName(part)
  }
}

function bareMac(mac: string): string {
  return mac.replace(/[^0-9a-f]/gi, '').toLowerCase()
}
