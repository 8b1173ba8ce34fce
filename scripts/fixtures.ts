import { existsSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { Printer } from '../src/core/model/printer.ts'
import { normalise } from '../src/core/printer/normalise.ts'
import { adoptActual, compareExpected } from '../test/recordings/compare-expected.ts'
import {
  expectationFile,
  fixtureNames,
  normaliseFixture,
  readExpectation,
  readFixture,
  readingOf,
} from '../test/recordings/printer-fixture.ts'

const USAGE = 'usage: npm run fixtures -- [NAME...] | --write NAME...'
const ROW_KEYS: ReadonlySet<string> = new Set(['supplies', 'trays', 'outputs', 'alerts'])

/** Of the scan and not of the device, or a row of the recording as it stands. */
const NOT_EXPECTED: ReadonlySet<keyof Printer> = new Set([
  ...(['ip', 'port', 'sampled_at', 'snmp_version', 'profile', 'missing', 'evidence'] as const),
  ...(['description', 'sys_object_id'] as const),
])

/** Begins an expectation with what the program says. @returns what to tell */
function draftExpectation(name: string): string {
  const printers = normalise(readingOf(readFixture('printers', name).values))
  const drafts = printers.map((printer) =>
    Object.fromEntries(Object.entries(printer).filter(([key]) => !NOT_EXPECTED.has(key as keyof Printer))),
  )
  writeFileSync(expectationFile(name), layOut(drafts), { flag: 'wx' })
  return [
    `  written to ${shownFile(name)} from what the program says.`,
    '  CHECK EACH LINE BY HAND against the rows of the recording and the rules in test/recordings/README.md: a mistake',
    '  of the program now stands in it as what is right. Where the two differ, the expectation is put right first.',
  ].join('\n')
}

function shownFile(name: string): string {
  return relative(process.cwd(), expectationFile(name))
}

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
    console.error(`--write needs the names of the expectations to write\n${USAGE}`)
    return 2
  }
  let differing = 0
  const names = positionals.length > 0 ? positionals : known
  for (const name of names) {
    if (!existsSync(expectationFile(name))) {
      const advice = `  has no ${shownFile(name)} yet. Write by hand what a scan must show, or begin it with\n    npm run fixtures -- --write ${name}\n  and check each line of it.`
      console.log(`${name}\n${values.write ? draftExpectation(name) : advice}`)
      if (!values.write) differing++
      continue
    }
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
