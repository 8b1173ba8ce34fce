import type { Random } from '../../../src/core/snmp/player/random.ts'

/** The parts of JSON Schema that the API's schemas use. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

export const FUZZED_CHANNEL = 'fuzzed'

const TEXTS = [
  '',
  ' ',
  "' OR 1=1 --",
  '"; DROP TABLE agents; --',
  '../../../../etc/passwd',
  '%00',
  'a\u0000b',
  '\u001b[31mred\u001b[0m',
  '\ud800',
  '𝕏'.repeat(50),
  '‮txt.exe',
  '=cmd|calc',
  '\r\nX-Injected: 1',
  '%_\\',
  '__proto__',
  'constructor',
  '9'.repeat(400),
  'x'.repeat(70_000),
]
const NUMBERS = [0, -0, -1, 1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, -(2 ** 63), 1e308, 5e-324, 4_294_967_295]
const TIMES = [
  '2025-11-03T18:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999-14:00',
  '2025-02-30T00:00:00Z',
  'yesterday',
]
/** What fits together, and is hit by no chance: half of the values of these names. */
const FITTING: Readonly<Record<string, unknown>> = {
  channel: FUZZED_CHANNEL,
  from: '2025-11-03T18:00:00Z',
  to: '2025-11-04',
}
const DEEPEST = 6

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T

/** A value for `schema`; each part of it is something else with the probability `wrong`. */
export function generateValue(schema: Schema, random: Random, wrong: number, depth = 0): unknown {
  if (random() < wrong) return generateAnything(random, depth)
  if (schema.anyOf !== undefined) return generateValue(pick(random, schema.anyOf), random, wrong, depth)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return pick(random, schema.enum)
  const type = Array.isArray(schema.type) ? pick(random, schema.type as string[]) : schema.type
  if (type === 'object') return generateObject(schema, random, wrong, depth)
  if (type === 'array') {
    const length = pick(random, [0, 1, 2, 3, 20])
    return Array.from({ length }, () => generateValue(schema.items ?? {}, random, wrong, depth + 1))
  }
  if (type === 'string') return generateText(schema, random, wrong)
  if (type === 'integer') return generateInteger(schema, random, wrong)
  if (type === 'number') return random() < 0.5 ? random() * 100 : pick(random, NUMBERS)
  if (type === 'boolean') return random() < 0.5
  if (type === 'null') return null
  return generateAnything(random, depth)
}

function generateObject(
  { properties = {}, required = [] }: Schema,
  random: Random,
  wrong: number,
  depth: number,
): unknown {
  const entries: [string, unknown][] = []
  for (const [name, schema] of Object.entries(properties)) {
    const isWanted = required.includes(name) ? random() > wrong / 2 : random() < 0.4
    if (!isWanted) continue
    const isFitting = name in FITTING && random() < 0.5
    entries.push([name, isFitting ? FITTING[name] : generateValue(schema, random, wrong, depth + 1)])
  }
  if (random() < 0.1) entries.push([pick(random, TEXTS).slice(0, 100), generateAnything(random, depth + 1)])
  return Object.fromEntries(entries)
}

function generateText({ pattern, maxLength = 100 }: Schema, random: Random, wrong: number): string {
  if (random() < wrong * 2) return pick(random, TEXTS)
  if (pattern === undefined && random() < 0.1) return pick(random, TIMES)
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
  if (pattern?.includes('{8}-')) return `${hex(8)}-${hex(4)}-7${hex(3)}-${hex(4)}-${hex(12)}`
  return `f${hex(Math.floor(random() * Math.min(maxLength, 20)))}`
}

function generateInteger({ minimum = -5, maximum = 1000 }: Schema, random: Random, wrong: number): number {
  if (random() < wrong * 2) return pick(random, [minimum - 1, minimum, maximum, maximum + 1, ...NUMBERS])
  return minimum + Math.floor(random() * (Math.min(maximum, minimum + 2000) - minimum + 1))
}

export function generateAnything(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * 7)
  if (kind === 0) return null
  if (kind === 1) return random() < 0.5
  if (kind === 2) return pick(random, NUMBERS)
  if (kind === 3 || depth >= DEEPEST) return pick(random, TEXTS)
  if (kind === 4) return nest(pick(random, [10, 31, 33, 65, 500]))
  if (kind === 5) return Array.from({ length: Math.floor(random() * 4) }, () => generateAnything(random, depth + 1))
  return Object.fromEntries([[pick(random, TEXTS).slice(0, 50), generateAnything(random, depth + 1)]])
}

function nest(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { a: value }
  return value
}
