/**
 * Where a value differs from what is expected, path by path: `supplies[2].level.percent: expected 45, got 46`. An
 * expectation is a subset: keys that it leaves out are not compared. Arrays must be equally long.
 */
export function compareExpected(expected: unknown, actual: unknown, path = ''): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [difference(path, expected, actual)]
    if (expected.length !== actual.length) {
      return [`${path || 'printers'}: expected ${expected.length} rows, got ${actual.length}: ${show(actual)}`]
    }
    return expected.flatMap((item, index) => compareExpected(item, actual[index], `${path}[${index}]`))
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return [difference(path, expected, actual)]
    return Object.entries(expected).flatMap(([key, value]) =>
      compareExpected(value, actual[key], path === '' ? key : `${path}.${key}`),
    )
  }
  return Object.is(expected, actual) ? [] : [difference(path, expected, actual)]
}

/** `expected` with the actual value under each of its keys; rows that are new come whole. */
export function adoptActual(expected: unknown, actual: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return actual.map((item, index) => (index < expected.length ? adoptActual(expected[index], item) : item))
  }
  if (isRecord(expected) && isRecord(actual)) {
    const kept = Object.entries(expected).filter(([key]) => actual[key] !== undefined)
    return Object.fromEntries(kept.map(([key, value]) => [key, adoptActual(value, actual[key])]))
  }
  return actual
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function difference(path: string, expected: unknown, actual: unknown): string {
  return `${path}: expected ${show(expected)}, got ${show(actual)}`
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
