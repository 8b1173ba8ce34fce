import { dirname, resolve } from 'node:path'
import ini from 'ini'
import { findNearest } from '../model/nearest.ts'
import { quoteText } from '../targets/quote-text.ts'
import type { Entry } from './entry.ts'
import { findSettings, listKeys, SECTIONS } from './schema.ts'

const LONGEST_LINE = 8192

/**
 * The entries of an INI text. Lines, sections and keys are found here, so that every problem names its line; values are
 * unquoted and unescaped as the `ini` package does, but what it would cut or keep in silence (an unquoted `#` inside a
 * value, a quote without its pair) is a problem. A value may be a secret and is never repeated in a problem.
 */
export function readIni(text: string, path: string, complain: (problem: string) => void): Entry[] {
  const directory = dirname(resolve(path))
  const entries: Entry[] = []
  const seen = new Map<string, number>()
  let section: string | null = null
  let known = false
  for (const [i, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const at = `${path}:${i + 1}`
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    if (line.length > LONGEST_LINE) {
      complain(`${at}: the line is longer than ${LONGEST_LINE} characters`)
      continue
    }
    const header = /^\[([^\]]*)\]\s*([#;].*)?$/.exec(line)
    if (header !== null) {
      section = (header[1] as string).trim()
      known = findSettings(section) !== null
      if (!known) complain(`${at}: ${describeUnknownSection(section)}`)
      continue
    }
    const equals = line.indexOf('=')
    if (equals < 1) {
      complain(`${at}: this is neither a [section] nor KEY = VALUE; begin a comment with #`)
      continue
    }
    const key = line.slice(0, equals).trim()
    if (section === null) {
      complain(`${at}: ${quoteText(key)} stands before the first [section]; put it below one`)
      continue
    }
    if (!known) continue
    const where = `${at}: [${section}] ${key}`
    const unknown = describeUnknownKey(section, key)
    if (unknown !== null) {
      complain(`${at}: [${section}] ${unknown}`)
      continue
    }
    const first = seen.get(`${section} ${key}`)
    if (first !== undefined) {
      complain(`${where}: stands in line ${first} already; keep one`)
      continue
    }
    seen.set(`${section} ${key}`, i + 1)
    const value = readValue(line.slice(equals + 1).trim(), (problem) => complain(`${where}: ${problem}`))
    if (value !== undefined) entries.push({ section, key, text: value, where, directory })
  }
  return entries
}

function describeUnknownSection(section: string): string {
  const [base = ''] = section.split('.')
  const known = Object.keys(SECTIONS)
  if (Object.hasOwn(SECTIONS, base) && SECTIONS[base]?.named !== undefined) {
    return `${quoteText(section)} is no name for a section; write [${base}.NAME] with a to z, 0 to 9, _ and -`
  }
  const nearest = findNearest(base, known)
  const advice =
    nearest === null ? `known are ${known.map((name) => `[${name}]`).join(', ')}` : `did you mean [${nearest}]?`
  return `the section ${quoteText(section)} is not known; ${advice}`
}

/** Null when the key is known. */
function describeUnknownKey(section: string, key: string): string | null {
  const known = listKeys(findSettings(section) ?? {})
  if (known.includes(key)) return null
  const base = section.split('.', 1)[0] as string
  if (base !== section && listKeys(SECTIONS[base]?.keys ?? {}).includes(key)) {
    return `${key}: this key stands in [${base}] only, for all`
  }
  const nearest = findNearest(key, known)
  return `the key ${quoteText(key)} is not known; ${nearest === null ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`}`
}

function readValue(raw: string, complain: (problem: string) => void): string | undefined {
  let value: string
  if (raw.startsWith('"') || raw.startsWith("'")) {
    const quoted = /^("(?:[^"\\]|\\.)*"|'[^']*')\s*([#;].*)?$/.exec(raw)?.[1]
    if (quoted === undefined) {
      complain('the quotes do not pair; write "..." with \\" for a quote and \\\\ for a backslash inside')
      return undefined
    }
    const inner = quoted.startsWith("'") ? quoted.slice(1, -1) : ini.unsafe(quoted)
    if (inner === quoted) {
      complain('a backslash stands wrong inside the quotes; write \\\\ for one, or use single quotes')
      return undefined
    }
    value = inner
  } else {
    const comment = /(?<!\\)[#;]/.exec(raw)?.index
    if (comment !== undefined && comment > 0 && !/\s/.test(raw[comment - 1] as string)) {
      complain(`${raw[comment]} begins a comment; put the value in double quotes, or a space before the comment`)
      return undefined
    }
    value = ini.unsafe(raw)
  }
  if (/[\p{Cc}]/u.test(value)) {
    complain('the value holds a control character')
    return undefined
  }
  return value
}
