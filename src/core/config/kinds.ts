import { isIP } from 'node:net'
import { PrintMasterError } from '../model/error.ts'
import { findNearest } from '../model/nearest.ts'
import { Secret } from '../model/secret.ts'
import { checkTarget, parseTarget, splitTargets } from '../targets/parse-target.ts'
import { quoteText } from '../targets/quote-text.ts'
import type { TargetRange } from '../targets/target-range.ts'
import { formatDuration, parseDuration } from './duration.ts'

/** Takes one sentence about what is wrong with a value; whoever calls knows where the value stands. */
export type Complain = (problem: string) => void

/** What the values of a key look like. `parse` gives undefined after having complained. */
export interface Kind<T> {
  readonly secret: boolean
  parse(text: string, complain: Complain): T | undefined
}

/** A whole number from `min` to `max`, of `unit` (empty for a number that counts nothing). */
export function integer(unit: string, min: number, max: number, example: number): Kind<number> {
  const parse = (text: string, complain: Complain) => {
    if (!/^\d{1,15}$/.test(text)) {
      const meaning = unit === '' ? '' : ` of ${unit}`
      return refuse(complain, `${quoteText(text)} is not a whole number${meaning}; write for example ${example}`)
    }
    const value = Number(text)
    if (value >= min && value <= max) return value
    return refuse(complain, `${text} is out of range; write ${`${min} to ${max} ${unit}`.trimEnd()}`)
  }
  return { secret: false, parse }
}

/** Seconds, written as `300`, `90s`, `5m`, `1h` or `1d`. */
export function interval(min: number, max: number, example: string): Kind<number> {
  const parse = (text: string, complain: Complain) => {
    const seconds = /^\d{1,9}$/.test(text) ? Number(text) : parseDuration(text)
    if (seconds === null) {
      return refuse(complain, `${quoteText(text)} is no time; write seconds, or for example ${example}`)
    }
    if (seconds >= min && seconds <= max) return seconds
    return refuse(complain, `${text} is out of range; write ${formatDuration(min)} to ${formatDuration(max)}`)
  }
  return { secret: false, parse }
}

/** The kind `one`, or the word `none` as null. */
export function orNone<T>(one: Kind<T>): Kind<T | null> {
  const parse = (text: string, complain: Complain) => (text.toLowerCase() === 'none' ? null : one.parse(text, complain))
  return { secret: one.secret, parse }
}

/** One of `choices`, or another name for one; case does not count. */
export function choice<T extends string>(choices: readonly T[], otherNames: Record<string, NoInfer<T>> = {}): Kind<T> {
  const parse = (text: string, complain: Complain) => {
    const word = text.toLowerCase()
    const found = choices.find((name) => name.toLowerCase() === word)
    if (found !== undefined) return found
    if (Object.hasOwn(otherNames, word)) return otherNames[word]
    const nearest = findNearest(text, choices)
    const advice = nearest === null ? '' : `; did you mean ${nearest}?`
    return refuse(complain, `${quoteText(text)} is not one of ${choices.join(', ')}${advice}`)
  }
  return { secret: false, parse }
}

/** Several different ones of `choices`, separated by commas; the order stays. */
export function choiceList<T extends string>(choices: readonly T[]): Kind<T[]> {
  const one = choice(choices)
  const parse = (text: string, complain: Complain) => {
    const values = splitList(text).map((part) => one.parse(part, complain))
    if (!values.every((value) => value !== undefined)) return undefined
    if (values.length === 0) return refuse(complain, `write one or more of ${choices.join(', ')}`)
    return [...new Set(values)]
  }
  return { secret: false, parse }
}

/** A text of at most `max` bytes of UTF-8. */
export function words(max: number): Kind<string> {
  const parse = (text: string, complain: Complain) =>
    Buffer.byteLength(text) <= max ? text : refuse(complain, `it is longer than ${max} bytes`)
  return { secret: false, parse }
}

/** A pass phrase: at least 8 characters (RFC 3414 section 11.2), at most 255 bytes. */
export const passPhrase: Kind<Secret> = {
  secret: true,
  parse: (text, complain) => {
    if (text.length < 8) return refuse(complain, 'the key is shorter than 8 characters (RFC 3414 wants at least 8)')
    if (Buffer.byteLength(text) > 255) return refuse(complain, 'the key is longer than 255 bytes')
    return new Secret(text)
  },
}

/** Yes or no, as true; the words of other programs are understood. */
export const yesOrNo: Kind<boolean> = {
  secret: false,
  parse: (text, complain) => {
    const word = text.toLowerCase()
    if (['yes', 'true', 'on', '1'].includes(word)) return true
    if (['no', 'false', 'off', '0'].includes(word)) return false
    return refuse(complain, `${quoteText(text)} is neither yes nor no`)
  },
}

/** An address of this machine to listen on. Host names are refused: what is opened must not hang on a name service. */
export const listenAddress: Kind<string> = {
  secret: false,
  parse: (text, complain) =>
    isIP(text) === 0
      ? refuse(complain, `${quoteText(text)} is not an IP address; write 127.0.0.1 or ::1, 0.0.0.0 or :: for all`)
      : text,
}

/** Texts separated by commas. */
export const wordList: Kind<string[]> = {
  secret: false,
  parse: (text, complain) => {
    const parts = [...new Set(splitList(text))]
    return parts.length > 0 ? parts : refuse(complain, 'write one or more, separated by commas')
  },
}

/** Addresses and networks (ADDRESS/BITS), separated by commas or blanks. */
export const networks: Kind<string[]> = {
  secret: false,
  parse: (text, complain) =>
    parseEach(text, complain, (part) => {
      const [address = '', bits, ...more] = part.split('/')
      const family = isIP(address)
      const widest = family === 4 ? 32 : 128
      const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= widest)
      if (family !== 0 && !address.includes('%') && isNetwork && more.length === 0) return part
      const reason = family === 0 ? '' : `; /1 to /${widest} may follow the address`
      throw new PrintMasterError(
        'bad_config',
        `${quoteText(part)} is neither an IP address nor a network such as 10.0.0.0/8${reason}`,
      )
    }),
}

const SHORTEST_TOKEN = 32

/**
 * A token: long enough to be random, in the characters that an Authorization header takes.
 * @param advice how to come by one
 */
export const tokenOf = (advice: string): Kind<Secret> => ({
  secret: true,
  parse: (text, complain) => {
    if (text.length < SHORTEST_TOKEN) {
      return refuse(complain, `the token is shorter than ${SHORTEST_TOKEN} characters; ${advice}`)
    }
    if (text.length > 256) return refuse(complain, 'the token is longer than 256 characters')
    // RFC 6750 section 2.1, b64token
    if (/^[A-Za-z0-9._~+/-]+=*$/.test(text)) return new Secret(text)
    return refuse(complain, 'the token holds other characters than letters, digits and . _ ~ + / -')
  },
})

/** A token that somebody makes up. */
export const ownToken = tokenOf('make one with: openssl rand -hex 32')

/** Communities of 1 to 255 bytes, separated by commas. */
export const communities: Kind<Secret[]> = {
  secret: true,
  parse: (text, complain) => {
    const parts = [...new Set(splitList(text))]
    if (parts.length === 0) return refuse(complain, 'write one or more communities, separated by commas')
    if (parts.some((part) => Buffer.byteLength(part) > 255)) {
      return refuse(complain, 'a community is longer than 255 bytes')
    }
    return parts.map((part) => new Secret(part))
  },
}

/** Addresses, ranges and networks. Host names are refused: a binding must not hang on a name service. */
export const ranges: Kind<TargetRange[]> = {
  secret: false,
  parse: (text, complain) => parseEach(text, complain, (part) => parseTarget(part)),
}

/** Targets as `scan` takes them, host names included; checked, and looked up by whoever scans. */
export const targets: Kind<string[]> = {
  secret: false,
  parse: (text, complain) =>
    parseEach(text, complain, (part) => {
      checkTarget(part)
      return part
    }),
}

function parseEach<T>(text: string, complain: Complain, parse: (part: string) => T): T[] | undefined {
  let good = true
  const values = splitTargets(text).flatMap((part) => {
    try {
      return [parse(part)]
    } catch (error) {
      if (!(error instanceof PrintMasterError)) throw error
      good = false
      complain(error.message)
      return []
    }
  })
  return good ? values : undefined
}

/** The parts of a list that commas separate, without the empty ones. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Complains, and gives what `parse` gives then. */
export function refuse(complain: Complain, problem: string): undefined {
  complain(problem)
  return undefined
}
