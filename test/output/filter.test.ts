import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PrintMasterError } from '../../src/core/model/error.ts'
import { parseFilter, parseFilters } from '../../src/core/output/filter.ts'
import { percent, sampleAlert, sampleInks, samplePrinter, sampleSupply, sampleTray } from './sample-printers.ts'

const printer = samplePrinter({
  ip: '10.0.0.9',
  manufacturer: 'HP',
  model: 'Color LaserJet MFP M480f',
  serial: null,
  status: 'warning',
  page_count: 5000,
  console_text: ['Ready', 'Replace cyan'],
  supplies: [
    ...sampleInks([80, 12, { state: 'some' }, 55]),
    sampleSupply(9, { kind: 'drum', color: 'black', level: percent(5) }),
  ],
  trays: [sampleTray(1), sampleTray(2, { name: 'Tray 2', level: { state: 'empty' } })],
  alerts: [sampleAlert({ severity: 'warning', code: 'markerTonerLow', group: 'markerSupplies' })],
})

test.each([
  ['status=warning', true],
  ['status = WARNING', true],
  ['status==idle', false],
  ['status!=idle', true],
  ['!status=idle', true],
  ['not status=warning', false],
  ['page_count>4999', true],
  ['page_count>5000', false],
  ['page_count>=5000 and page_count<=5000', true],
  ['manufacturer=hp', true],
  ['model~mfp', true],
  ['model~"laserjet*m480"', true],
  ['model~"m480*laserjet"', false],
  ['model~"("', false],
  ['ip<10.0.0.10', true],
  ['ip>10.0.0.8', true],
  // Missing values
  ['serial=null', true],
  ['serial!=null', false],
  ['serial!=ABC', false],
  ['not serial=ABC', true],
  ['serial="null"', false],
  ['color_pages=null', true],
  ['color_pages<10', false],
  ['fax_pages>=0', false],
  // Lists: any element
  ['supplies.level.percent<15', true],
  ['supplies.percent<5', false],
  ['supplies.percent<15%', true],
  ['supplies.level.percent=null', true],
  ['supplies.level.state=some', true],
  ['supplies.kind=fuser', false],
  ['supplies[2].level.percent=12', true],
  ['supplies[3].percent=null', true],
  ['supplies[7].percent>=0', false],
  ['supplies.black.percent=80', true],
  ['supplies.black.percent=5', false],
  ['supplies.drum.black.percent=5', true],
  ['supplies.black.drum.percent=5', true],
  ['supplies.drum.percent=5', true],
  ['trays.name="Tray 2"', true],
  ['console_text~cyan', true],
  ['alerts', true],
  ['covers', false],
  ['covers=null', true],
  ['alerts!=null', true],
  // The same element
  ['supplies.kind=toner && supplies.percent<10', true],
  ['supplies[kind=toner && level.percent<10]', false],
  ['supplies[kind=toner && percent<15]', true],
  ['supplies[kind=toner && (color=cyan or color=black)].percent=12', true],
  ['supplies[color=cyan][kind=toner].percent=12', true],
  // Precedence: and binds more tightly than or
  ['status=idle && status=idle || status=warning', true],
  ['status=idle && (status=idle || status=warning)', false],
  ['status=warning OR status=idle AND status=idle', true],
  ['!(status=idle or status=printing)', true],
  ['!!status=warning', true],
])('%s is %s', (text, expected) => {
  expect(parseFilter(text)(printer)).toBe(expected)
})

test('several filters must all hold; none lets everything through', () => {
  expect(parseFilters(['status=warning', 'page_count>1'])(printer)).toBe(true)
  expect(parseFilters(['status=warning', 'page_count<1'])(printer)).toBe(false)
  expect(parseFilters([])(printer)).toBe(true)
})

test('a supply alone with its colour stands for that colour', () => {
  const drumOnly = samplePrinter({ supplies: [sampleSupply(1, { kind: 'drum', color: 'black', level: percent(7) })] })
  expect(parseFilter('supplies.black.percent=7')(drumOnly)).toBe(true)
})

test.each([
  ['status=eror', /position 8: unknown status "eror", did you mean "error"\? \(one of idle, printing, .*unknown\)/],
  ['status<idle', /status has no order/],
  ['pagecount>5', /position 1: unknown field "pagecount"; did you mean "page_count"\?/],
  ['address=10.0.0.1', /did you mean "ip"/],
  ['supplies.blakc.percent<5', /position 10: .*did you mean "black"/],
  ['supplies.level.procent<5', /did you mean "percent"/],
  ['page_count=many', /position 12: page_count is a number, "many" is not/],
  ['page_count~5', /is a number: use/],
  ['supplies=toner', /not a single value; name one of its fields: supplies\.index, supplies\.kind/],
  ['page_count<null', /null goes with = and != only/],
  ['status', /position 7: expected one of = != < <= > >= ~, found the end/],
  ['status=', /position 8: expected a value, found the end/],
  ['status=idle status=error', /position 13: expected "&&", "\|\|" or the end, found "status"/],
  ['(status=idle', /expected "\)", found the end/],
  ['status=idle)', /position 12/],
  ['supplies[kind=toner', /expected "\]", found the end/],
  ['status[1]=idle', /"\[" may only follow a list/],
  ['console_text[1]=x', /have no index/],
  ['status.name=x', /the value is not an object/],
  ['model="abc', /position 7: this quote is not closed/],
  ['&& status=idle', /position 1: expected a field, found "&"/],
  ['', /position 1: expected a field, found the end/],
  ['__proto__=1', /unknown field/],
  ['constructor=1', /unknown field/],
  [`${'('.repeat(51)}status=idle${')'.repeat(51)}`, /nested deeper than 50/],
  [`${'!'.repeat(51)}status=idle`, /nested deeper than 50/],
  [`model=${'a'.repeat(2000)}`, /2006 characters; at most 2000/],
  ['model=\x1b[31m\x07(', /^[^\x00-\x1f]*$/],
])('%s is refused', (text, message) => {
  expect(() => parseFilter(text)).toThrow(message)
  expect(() => parseFilter(text)).toThrow(expect.objectContaining({ name: 'PrintMasterError', code: 'bad_filter' }))
})

test('any text gives a filter or one clear error', () => {
  const word = fc.constantFrom(
    'status',
    'supplies',
    'level',
    'percent',
    '[',
    ']',
    '(',
    ')',
    '=',
    '<',
    '~',
    '!',
    '.',
    '&&',
    'or',
    '"',
    '\\',
    '1',
    'idle',
    ' ',
    'null',
    '*',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(word, { maxLength: 25 }).map((words) => words.join('')),
  )
  fc.assert(
    fc.property(text, (given) => {
      try {
        expect(typeof parseFilter(given)(printer)).toBe('boolean')
      } catch (error) {
        expect(error).toBeInstanceOf(PrintMasterError)
        expect((error as Error).message).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
      }
    }),
    { numRuns: 2000 },
  )
})
