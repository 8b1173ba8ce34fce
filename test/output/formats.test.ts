import fc from 'fast-check'
import stringWidth from 'string-width'
import Schema from 'typebox/schema'
import { expect, test } from 'vitest'
import { type Printer, PrinterSchema } from '../../src/core/model/printer.ts'
import type { Format } from '../../src/core/output/formats.ts'
import { formatPrinterLine, formatPrinters, planRender, type RenderFlags } from '../../src/core/output/render.ts'
import { formatSummary } from '../../src/core/output/summary.ts'
import { percent, sampleAlert, sampleInks, samplePrinter, sampleSupply, sampleTray } from './sample-printers.ts'

const FLAGS: RenderFlags = {
  format: 'table',
  columns: null,
  sort: null,
  filter: [],
  width: 80,
  color: false,
  unicode: true,
}

function render(printers: readonly Printer[], flags: Partial<RenderFlags>): string {
  return [...formatPrinters(printers, planRender({ ...FLAGS, ...flags }))].join('')
}

/** RFC 4180 section 2, as a reader of its own: rows of cells. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy)) {
    row.push(quoted === undefined ? (plain as string) : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

test('json: an indented array, keys in schema order, held to the schema', () => {
  const shuffled = Object.fromEntries(
    Object.entries(samplePrinter({ color_pages: 7, supplies: sampleInks([5]) })).toReversed(),
  )
  const text = render([shuffled as Printer], { format: 'json' })
  expect(text.startsWith('[\n  {\n    "ip": "10.0.0.7",\n    "port": 161,\n    "device_id"')).toBe(true)
  expect(text.endsWith(']\n')).toBe(true)
  const [printer] = JSON.parse(text)
  expect(Schema.Compile(PrinterSchema).Check(printer)).toBe(true)
  const order = Object.keys(PrinterSchema.properties).filter((key) => key in printer)
  expect(Object.keys(printer)).toEqual(order)
  expect(Object.keys(printer.supplies[0]).slice(0, 4)).toEqual(['index', 'kind', 'color', 'name'])
  expect(render([], { format: 'json' })).toBe('[]\n')
})

test('json with columns: only these keys; lists where several values may be', () => {
  const printer = samplePrinter({ supplies: sampleInks([5, 6]), serial: null })
  const columns =
    'ip,serial,fax_pages,supplies.black.percent,supplies.percent,supplies[2].level,supplies.yellow.percent'
  expect(JSON.parse(render([printer], { format: 'json', columns }))).toEqual([
    {
      ip: '10.0.0.7',
      serial: null,
      fax_pages: null,
      'supplies.black.percent': 5,
      'supplies.percent': [5, 6],
      'supplies[2].level': { state: 'percent', percent: 6 },
      'supplies.yellow.percent': null,
    },
  ])
})

test('ndjson: one line for each; streamed lines are the same; filters apply', () => {
  const printers = [samplePrinter({ ip: '10.0.0.2' }), samplePrinter({ ip: '10.0.0.1', status: 'error' })]
  const plan = planRender({ ...FLAGS, format: 'ndjson' })
  const text = [...formatPrinters(printers, plan)].join('')
  expect(text.split('\n')).toHaveLength(3)
  expect(text).toBe(
    `${formatPrinterLine(printers[1] as Printer, plan)}${formatPrinterLine(printers[0] as Printer, plan)}`,
  )
  const errors = planRender({ ...FLAGS, format: 'ndjson', filter: ['status=error'] })
  expect(formatPrinterLine(printers[0] as Printer, errors)).toBeNull()
  expect([...formatPrinters([], plan)].join('')).toBe('')
})

test('csv: the same columns for every printer, numbers as numbers, CRLF', () => {
  const [head, ...rows] = parseCsv(
    render([samplePrinter({ supplies: sampleInks([78]) }), samplePrinter({ page_count: null })], { format: 'csv' }),
  )
  expect(head?.slice(0, 7)).toEqual(['ip', 'port', 'device_id', 'printer_index', 'manufacturer', 'model', 'serial'])
  expect(head?.slice(-3)).toEqual(['supplies', 'trays', 'alerts'])
  expect(head).toContain('duplex_pages')
  expect(rows.map((row) => row.length)).toEqual([head?.length, head?.length])
  expect(rows.map((row) => row[head?.indexOf('page_count') as number])).toEqual(['120345', ''])
  expect(render([samplePrinter()], { format: 'csv', columns: 'ip,page_count' })).toBe(
    'ip,page_count\r\n10.0.0.7,120345\r\n',
  )
})

test.each([
  ['=1+1', "'=1+1"],
  ['+41 44 000', "'+41 44 000"],
  ['-5', "'-5"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1', "'=1"],
  ['\t=1', "'=1"],
  ['\r@x', "'@x"],
  ['\x00=1', "'=1"],
  ['\u200b=1', "'=1"],
  ['＝1', "'＝1"],
  ['a=1', 'a=1'],
  ['say "hi", please', 'say "hi", please'],
  ['x; =1', 'x; =1'],
])('csv: %j becomes %j', (location, expected) => {
  expect(parseCsv(render([samplePrinter({ location })], { format: 'csv', columns: 'location' }))).toEqual([
    ['location'],
    [expected],
  ])
})

test('csv: a semicolon is quoted, and a number below zero stays a number', () => {
  const printer = samplePrinter({ location: 'x; =1', supplies: [sampleSupply(1, { remaining: -3 })] })
  expect(render([printer], { format: 'csv', columns: 'location,supplies[1].remaining' })).toBe(
    'location,supplies[1].remaining\r\n"x; =1",-3\r\n',
  )
})

const fleet = [
  samplePrinter({ ip: '10.0.0.10', model: 'Color LaserJet M653', supplies: sampleInks([78, 64, 50, 100]) }),
  samplePrinter({
    ip: '10.0.0.9',
    manufacturer: 'Brother',
    model: 'HL-L5100DN',
    status: 'asleep',
    supplies: sampleInks([{ state: 'some' }]),
  }),
  samplePrinter({ ip: '10.0.0.12', manufacturer: 'Zebra', model: 'ZT410', page_count: null }),
  samplePrinter({
    ip: '10.0.0.13',
    manufacturer: 'KONICA MINOLTA',
    model: 'bizhub C458 Multifunction Printer With Finisher',
    status: 'error',
    alerts: [sampleAlert(), sampleAlert({ index: 2, severity: 'warning', description: 'Tray 3: paper empty' })],
    supplies: [
      ...sampleInks([55, 44, 33, 5]),
      sampleSupply(9, { kind: 'waste_toner', color: null, level: { state: 'low' } }),
    ],
  }),
  samplePrinter({ ip: '10.0.0.14', manufacturer: 'RICOH', model: 'MP C3004', location: '東京本社 三階' }),
  samplePrinter({
    ip: '10.0.0.15',
    manufacturer: null,
    model: null,
    serial: null,
    hostname: null,
    description: null,
    location: null,
    status: 'unknown',
    page_count: null,
  }),
]

test('table: problems first, a second line says what is wrong, 80 columns', () => {
  const lines = render(fleet, {}).split('\n')
  expect(lines[0]).toMatch(/^Address {2,}Printer {2,}Status {2,}Pages {2,}Supplies$/)
  expect(lines[2]).toMatch(/^10\.0\.0\.13 +KONICA MINOLTA bizhub.*… +error +120,345 {2}M▃ 33 Y▁ {2}5 waste low \+2$/)
  expect(lines[3]).toBe('  └ Paper jam in tray 2 · yellow toner 5% · Tray 3: paper empty · +1 more')
  expect(lines[4]).toMatch(/^10\.0\.0\.9 +Brother HL-L5100DN +asleep +120,345 {2}K some$/)
  expect(lines[5]).toMatch(/^10\.0\.0\.10 +HP Color LaserJet M653 +idle +120,345 {2}K▇ 78 C▆ 64 M▅ 50 Y█100$/)
  expect(lines[6]).toMatch(/^10\.0\.0\.12 +Zebra ZT410 +idle +–$/)
})

test('table: all columns when there is room', () => {
  const text = render(fleet, { width: 160 })
  expect(text.split('\n')[0]).toMatch(/^Address +Printer +Serial +Location +Status +Pages +Supplies$/)
  expect(text).toMatch(/RICOH MP C3004 +CNB1234567 +東京本社 三階 +idle +120,345\n/)
  expect(text).toMatch(/K ▇▇▇▇▁ 78 {2}C ▇▇▇▁▁ 64 {2}M ▇▇▇▁▁ 50 {2}Y ▇▇▇▇▇100/)
})

test('table: the order the user asked for wins', () => {
  const addresses = (text: string) => text.match(/^10\S+/gm)
  expect(addresses(render(fleet, { sort: '-ip' }))?.[0]).toBe('10.0.0.15')
  expect(addresses(render(fleet, {}))?.[0]).toBe('10.0.0.13')
})

test('table: one address with several printers tells them apart', () => {
  const text = render(
    [samplePrinter({ printer_index: 1 }), samplePrinter({ printer_index: 2 }), samplePrinter({ ip: '10.0.0.8' })],
    {},
  )
  expect(text.match(/^10\S+/gm)).toEqual(['10.0.0.7#1', '10.0.0.7#2', '10.0.0.8'])
})

test('table: ASCII only, and colours only when asked', () => {
  const ours = fleet.filter(({ location }) => !location?.includes('東'))
  for (const width of [40, 80, 200]) expect(render(ours, { unicode: false, width })).toMatch(/^[\x20-\x7e\n]*$/)
  expect(render(fleet, { width: 200 })).not.toContain('\x1b')
  expect(render(fleet, { color: true })).toContain('\x1b[36mC\x1b[39m')
  expect(render([], {})).toBe('No printers.\n')
})

test('table: levels that are no numbers stay words', () => {
  const words = ['some', 'low', 'empty', 'unknown', 'unlimited'] as const
  const printers = words.map((state, i) => samplePrinter({ ip: `10.0.0.${i + 1}`, supplies: sampleInks([{ state }]) }))
  const lines = render(printers, { sort: 'ip' }).match(/^10.*$/gm)
  expect(lines?.map((line) => line.replace(/.*(K .*)$/, '$1'))).toEqual(['K some', 'K low', 'K empty', 'K ?', 'K ∞'])
})

test('summary line', () => {
  const summary = { asked: 254, answered: 27, printers: 25, failed: 0, seconds: 3.14, interrupted: false }
  expect(formatSummary(summary)).toBe('254 asked, 27 answered, 25 printers, 0 failed, 3.1 s')
  expect(formatSummary({ ...summary, printers: 1, interrupted: true })).toMatch(/ 1 printer,.*\(interrupted\)$/)
})

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '\x1b[2J',
    '\x1b]0;x\x07',
    '\u202eabc',
    '=cmd|x',
    '👩‍👩‍👧‍👦',
    'e\u0301\u0301',
    '🇨🇭🇨',
    '\ue000\ue000',
    '\x9b31m',
    'a\u2028b',
    '\ud800',
    '|',
    '"',
    ',',
    ';',
    '東京',
  ),
)
const texts = fc.array(nasty, { maxLength: 4 }).map((parts) => parts.join(''))
const level = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map(percent),
  fc.constantFrom('some', 'low', 'empty', 'unknown', 'unlimited').map((state) => ({ state }) as const),
)
const kind = fc.constantFrom('toner', 'ink', 'drum', 'waste_toner', 'maintenance', 'other')
const anyPrinter: fc.Arbitrary<Printer> = fc
  .record({
    words: fc.array(texts, { minLength: 12, maxLength: 12 }),
    supplies: fc.array(
      fc.record({ kind, color: fc.oneof(fc.constantFrom('black', 'cyan', null), texts), name: texts, level }),
      { maxLength: 9 },
    ),
    status: fc.constantFrom('idle', 'error', 'warning', 'offline'),
    page_count: fc.oneof(fc.constant(null), fc.nat()),
  })
  .map(({ words, supplies, status, page_count }) => {
    const word = (i: number) => words[i] as string
    return samplePrinter({
      ip: word(0),
      manufacturer: word(1),
      model: word(2),
      serial: word(3),
      location: word(4),
      description: word(5),
      device_id: word(6),
      console_text: [word(7)],
      status: status as Printer['status'],
      page_count,
      supplies: supplies.map((supply, i) => sampleSupply(i + 1, supply as never)),
      trays: [sampleTray(1, { name: word(8), media: word(9) })],
      alerts: [
        sampleAlert({ description: word(10) }),
        sampleAlert({ index: 2, description: null, group: word(11), code: word(1), part: word(2) }),
      ],
      missing: [{ part: word(3), reason: word(4) }],
    })
  })

/** Everything a terminal acts on: C0 but the line break, DEL, C1, bidi controls, zero width, line separators. */
const HARMFUL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

test('no text of a printer brings a control character into any format', () => {
  const formats: Format[] = ['table', 'json', 'ndjson', 'csv']
  fc.assert(
    fc.property(
      fc.array(anyPrinter, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...formats),
      fc.boolean(),
      (printers, format, chosen) => {
        const columns = chosen ? 'ip,model,location,console_text,supplies,supplies.name,trays,alerts,missing' : null
        const text = render(printers, { format, columns })
        expect(text.replaceAll('\r\n', '\n')).not.toMatch(HARMFUL)
        if (format === 'json') expect(JSON.parse(text)).toHaveLength(printers.length)
        if (format === 'ndjson')
          expect(
            text
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line)),
          ).toHaveLength(printers.length)
      },
    ),
    { numRuns: 300 },
  )
})

test('json keeps every text as the printer gave it', () => {
  fc.assert(
    fc.property(anyPrinter, (printer) => {
      expect(JSON.parse(render([printer], { format: 'json' }))).toEqual([JSON.parse(JSON.stringify(printer))])
    }),
    { numRuns: 200 },
  )
})

test('no line of the table is wider than the terminal', () => {
  const width = fc.integer({ min: 40, max: 300 })
  fc.assert(
    fc.property(
      fc.array(anyPrinter, { minLength: 1, maxLength: 4 }),
      width,
      fc.boolean(),
      fc.boolean(),
      (printers, width, color, chosen) => {
        const columns = chosen
          ? 'location,ip,supplies,supplies.percent,model,alerts,page_count,serial,trays,device_id'
          : null
        const lines = render(printers, { width, color, columns }).split('\n')
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width)
      },
    ),
    { numRuns: 500 },
  )
})

test('csv reads back to the same number of cells, none of them a formula', () => {
  fc.assert(
    fc.property(fc.array(anyPrinter, { maxLength: 4 }), (printers) => {
      const [head, ...rows] = parseCsv(render(printers, { format: 'csv' }))
      expect(rows).toHaveLength(printers.length)
      for (const row of rows) {
        expect(row).toHaveLength((head as string[]).length)
        for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@\t\r]/)
      }
    }),
    { numRuns: 300 },
  )
})
