import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { adoptActual, compareExpected } from '../test/recordings/compare-expected.ts'
import { expectationFile, fixtureNames, normaliseFixture, readExpectation } from '../test/recordings/printer-fixture.ts'

const USAGE = 'usage: npm run fixtures -- [NAME...] | --write NAME...'
const ROW_KEYS: ReadonlySet<string> = new Set(['supplies', 'trays', 'outputs', 'alerts'])

/** Plain values and single rows on one line, several rows one a line: so a changed row is a changed line. */
function layOut(printers: ReadonlyArray<Record<string, unknown>>): string {
  const blocks = printers.map((printer) => {
    const lines = Object.entries(printer).map(([key, value]) => {
      const rows = ROW_KEYS.has(key) && Array.isArray(value) && value.length > 1 ? value : null
      const text = rows ? `[\n${rows.map((row) => `      ${oneLine(row)}`).join(',\n')}\n    ]` : oneLine(value)
      return `    ${JSON.stringify(key)}: ${text}`
    })
    return `  {\n${lines.join(',\n')}\n  }`
  })
  return `[\n${blocks.join(',\n')}\n]\n`
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${oneLine(each)}`)
  return `{${pairs.join(', ')}}`
}

function main(): number {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const known = fixtureNames('printers')
  const unknown = positionals.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    console.error(`no recording of a printer is called ${unknown.join(', ')}; there are: ${known.join(', ')}`)
    return 2
  }
  if (values.write && positionals.length === 0) {
    console.error(`--write needs the names of the expectations to rewrite\n${USAGE}`)
    return 2
  }
  let differing = 0
  const names = positionals.length > 0 ? positionals : known
  for (const name of names) {
    const expected = readExpectation(name)
    const actual = normaliseFixture(name)
    const differences = compareExpected(expected, actual)
    if (differences.length === 0) continue
    console.log(`${name}\n${differences.map((line) => `  ${line}`).join('\n')}`)
    if (values.write) {
      writeFileSync(expectationFile(name), layOut(adoptActual(expected, actual) as Array<Record<string, unknown>>))
      console.log('  rewritten')
    } else differing++
  }
  console.log(`${names.length} recordings compared, ${differing} differ`)
  return differing > 0 ? 1 : 0
}

try {
  process.exitCode = main()
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`)
  process.exitCode = 2
}
