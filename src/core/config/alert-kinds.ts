import { isIP } from 'node:net'
import { Secret } from '../model/secret.ts'
import { quoteText } from '../targets/quote-text.ts'
import { type Kind, refuse, splitList } from './kinds.ts'

/** A URL that is posted to. What stands in its path or query is often all that protects it: it is never shown. */
export const webhookUrl: Kind<Secret> = {
  secret: true,
  parse: (text, complain) => {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      return refuse(complain, 'this is no URL; write for example https://hooks.example/printers')
    }
    if (url.username !== '' || url.password !== '') {
      return refuse(complain, 'the URL holds a name or a password; the receiver knows us by the signature (key secret)')
    }
    return new Secret(url.href)
  },
}

/** A host name or an address. */
export const serverName: Kind<string> = {
  secret: false,
  parse: (text, complain) =>
    isIP(text) !== 0 || /^[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9.])?$/i.test(text)
      ? text
      : refuse(complain, `${quoteText(text)} is neither a host name nor an IP address; the port has a key of its own`),
}

const ADDRESS = /^[^\s@<>,;:"()[\]\\]{1,64}@[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?$/i

/** A mail address as it is, without a name beside it. */
export const mailAddress: Kind<string> = {
  secret: false,
  parse: (text, complain) =>
    ADDRESS.test(text)
      ? text
      : refuse(complain, `${quoteText(text)} is no mail address; write for example desk@example.org`),
}

/** Several, separated by commas. */
export const mailAddresses: Kind<string[]> = {
  secret: false,
  parse: (text, complain) => {
    const parts = splitList(text)
    if (parts.length === 0) return refuse(complain, 'write one or more mail addresses, separated by commas')
    const values = parts.map((part) => mailAddress.parse(part, complain))
    return values.every((value) => value !== undefined) ? values : undefined
  },
}

/** A text that two sides share, in one line: a password, the key of a signature. */
export const sharedSecret: Kind<Secret> = {
  secret: true,
  parse: (text, complain) =>
    text.length <= 512 ? new Secret(text) : refuse(complain, 'it is longer than 512 characters'),
}

const SHORTEST_KEY = 16

/** The key of a signature: nobody shall guess it. */
export const signatureKey: Kind<Secret> = {
  secret: true,
  parse: (text, complain) => {
    if (text.length >= SHORTEST_KEY) return sharedSecret.parse(text, complain)
    return refuse(complain, `the key is shorter than ${SHORTEST_KEY} characters; make one with: openssl rand -hex 32`)
  },
}
