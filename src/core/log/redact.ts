const MASK = '[secret]'
const DEEPEST = 6

/** Keys whose values nobody may see, whatever they hold. */
const SECRET_KEY =
  /^(.+[_-])?(authorization|cookie|token|tokens|password|secret|passphrase|community|auth_key|priv_key|registration_key|private_key)$/i

/** Tokens and credentials of headers, wherever they stand in a text. */
const SECRET_TEXT: ReadonlyArray<[RegExp, string]> = [
  [/\bpm_(enrolment|agent|viewer|admin)_[A-Za-z0-9_-]{20,}/g, `pm_$1_${MASK}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/-]{8,}=*/gi, `$1 ${MASK}`],
]

/**
 * A copy of the fields without what is secret in them. What lies deep is cut; objects of classes are left to their
 * serializers, and their text to `redactText`.
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return copy(fields, 0) as Record<string, unknown>
}

/** The text without tokens. */
export function redactText(text: string): string {
  return SECRET_TEXT.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), text)
}

/** A line without what is secret in it, wherever it stands. */
export function redactLine({ message, fields }: { message: string; fields: unknown }): {
  message: string
  fields: unknown
} {
  const text = JSON.stringify(copy(fields, 0)) ?? 'null'
  return { message: redactText(message), fields: JSON.parse(redactText(text)) }
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return describeError(value)
  if (depth >= DEEPEST) return '[deep]'
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1))
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEY.test(key) && item !== null && item !== undefined ? MASK : copy(item, depth + 1),
    ]),
  )
}

/** An error by what helps to find its cause; what else hangs on it may be a whole request. */
function describeError(error: Error): Record<string, unknown> {
  const code = 'code' in error ? String(error.code) : undefined
  const cause = error.cause instanceof Error ? error.cause.message : undefined
  return {
    type: error.name,
    ...(code && { code }),
    message: error.message,
    stack: error.stack,
    ...(cause && { cause }),
  }
}
