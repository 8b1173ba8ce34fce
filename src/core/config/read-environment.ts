import { findNearest } from '../model/nearest.ts'
import type { Entry } from './entry.ts'
import { findSettings, listKeys, SECTIONS } from './schema.ts'
import type { Settings } from './setting.ts'

const PREFIX = 'PRINTMASTER_'

/** Variables that are no keys of config.ini. */
const OTHERS = ['CONFIG', 'TOKEN', 'TOKEN_FILE']

export type Environment = Readonly<Record<string, string | undefined>>

/** The name of the variable that sets a key: `[snmp.lab-2] auth_key` is `PRINTMASTER_SNMP_LAB_2_AUTH_KEY`. */
export function formatVariable(section: string, key: string): string {
  return `${PREFIX}${section}_${key}`.toUpperCase().replaceAll(/[.-]/g, '_')
}

/**
 * What the environment sets. A variable that fits a section but no key of it is a problem; one that only comes near a
 * section is a warning; an empty one counts as not set. A variable may begin a named section that the file does not have.
 */
export function readEnvironment(
  env: Environment,
  namedSections: readonly string[],
  complain: (problem: string) => void,
  warn: (warning: string) => void,
): Entry[] {
  const entries: Entry[] = []
  const directory = process.cwd()
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue
    const rest = variable.slice(PREFIX.length)
    if (OTHERS.includes(rest)) continue
    const base = Object.keys(SECTIONS).find((name) => rest.startsWith(`${name.toUpperCase()}_`))
    if (base === undefined) {
      const word = rest.split('_', 1)[0] as string
      const nearest = findNearest(word, Object.keys(SECTIONS))
      if (nearest !== null && rest.includes('_')) {
        warn(`${variable} is not known and was passed over; did you mean ${PREFIX}${nearest.toUpperCase()}_...?`)
      }
      continue
    }
    const found = matchKey(base, rest.slice(base.length + 1), namedSections)
    if (found === null) complain(`${variable}: ${describeUnknown(base, rest.slice(base.length + 1))}`)
    else if (/\p{Cc}/u.test(text)) complain(`${variable}: the value holds a control character`)
    else entries.push({ ...found, text, where: variable, directory })
  }
  return entries
}

function matchKey(
  base: string,
  rest: string,
  namedSections: readonly string[],
): { section: string; key: string } | null {
  const plain = findKey(SECTIONS[base]?.keys ?? {}, rest)
  if (plain !== undefined) return { section: base, key: plain }
  // The longest key wins: LAB_AUTH_KEY_FILE is the key auth_key_file of the set "lab".
  const keys = listKeys(SECTIONS[base]?.named?.keys ?? {}).toSorted((a, b) => b.length - a.length)
  const key = keys.find((name) => rest.length > name.length + 1 && rest.endsWith(`_${name.toUpperCase()}`))
  if (key === undefined) return null
  const variable = `${PREFIX}${base.toUpperCase()}_${rest}`
  const known = namedSections.find((section) => formatVariable(section, key) === variable)
  const section = known ?? `${base}.${rest.slice(0, -key.length - 1).toLowerCase()}`
  return findSettings(section) === null ? null : { section, key }
}

function findKey(keys: Settings, name: string): string | undefined {
  return listKeys(keys).find((key) => key.toUpperCase() === name)
}

function describeUnknown(base: string, rest: string): string {
  const known = listKeys(SECTIONS[base]?.keys ?? {})
  const nearest = findNearest(rest, known)
  const advice =
    nearest === null ? `[${base}] has ${known.join(', ')}` : `did you mean ${formatVariable(base, nearest)}?`
  return `[${base}] has no such key; ${advice}`
}
