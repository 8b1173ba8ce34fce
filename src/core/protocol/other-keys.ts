type Json = Readonly<Record<string, unknown>>

/** Stands in place of a value that nobody is to see. */
export const HIDDEN = '(hidden)'

/** What opens doors, under the names that programs give it: the word at the end of a key says what the value is. */
const SECRET_KEY = new RegExp(
  '(?:community|communities|(?:authorization|cookie|token|password|passwd|passphrase|secret|community[_-]?string' +
    '|(?:registration|private|auth|priv|api|access|secret)[_-]?key)s?)$',
  'i',
)
/** Levels that are looked through. Nothing is kept that is deeper. */
const LEVELS = 512
const MAX_JUDGED = 4096

/** Batches have the same few keys many thousand times. */
const judged = new Map<string, boolean>()

/**
 * The keys of a body that its schema does not name, which newer and older agents send beside those it does; what opens
 * doors is hidden.
 *
 * @param named an object with the keys that the schema names
 * @returns null when there are none
 */
export function pickOtherKeys(body: Json, named: object): Json | null {
  const other = Object.entries(body).filter(([key]) => !Object.hasOwn(named, key))
  // not by assignment, which takes __proto__ for something else than a key
  return other.length === 0 ? null : hideSecrets(Object.fromEntries(other))
}

/**
 * `value` with `(hidden)` for everything under a key that names a token, a password, a community or the like, however deep.
 * Null and booleans tell nothing, and stay. The same object where there is nothing to hide.
 */
export function hideSecrets<T>(value: T): T {
  return isObject(value) && holdsSecret(value, LEVELS) ? (copyWithout(value, LEVELS) as T) : value
}

function holdsSecret(value: object, levels: number): boolean {
  if (levels === 0) return false
  if (Array.isArray(value)) return value.some((part) => isObject(part) && holdsSecret(part, levels - 1))
  for (const key in value) {
    const part = (value as Json)[key]
    if (isHidden(key, part) || (isObject(part) && holdsSecret(part, levels - 1))) return true
  }
  return false
}

function copyWithout(value: unknown, levels: number): unknown {
  if (!isObject(value) || levels === 0) return value
  if (Array.isArray(value)) return value.map((part) => copyWithout(part, levels - 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, isHidden(key, part) ? HIDDEN : copyWithout(part, levels - 1)]),
  )
}

const isHidden = (key: string, part: unknown) => part !== null && typeof part !== 'boolean' && isSecret(key)

function isSecret(key: string): boolean {
  let found = judged.get(key)
  if (found === undefined) {
    found = SECRET_KEY.test(key)
    // the names come from strangers
    if (judged.size >= MAX_JUDGED) judged.clear()
    judged.set(key, found)
  }
  return found
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
