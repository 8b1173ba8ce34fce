import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/core/model/printer.ts'
import { formatExplanation } from '../../src/core/output/explanation.ts'
import { measureText } from '../../src/core/output/fit-text.ts'
import { samplePrinter } from './sample-printers.ts'

const page = (width: number) => ({ color: false, unicode: true, width })
const evidence = (field: string, value: unknown, more: Partial<Evidence> = {}): Evidence => ({
  field,
  value,
  source: '1.3.6.1.2.1.1.5.0',
  raw: '"x"',
  reason: 'sysName, as it stands',
  tried: [],
  ...more,
})
const print = (list: Evidence[], width: number) =>
  formatExplanation([samplePrinter({ evidence: list })], page(width))
    .trimEnd()
    .split('\n')
    .slice(1)

describe('formatExplanation', () => {
  it('puts field and evidence into one line where both fit, else into two', () => {
    const hostname = evidence('hostname', 'prn-07')
    expect(print([hostname], 80)).toEqual([
      '  hostname: prn-07              1.3.6.1.2.1.1.5.0 = "x"; sysName, as it stands',
    ])
    expect(print([hostname], 70)).toEqual(['  hostname: prn-07', '    1.3.6.1.2.1.1.5.0 = "x"; sysName, as it stands'])
  })

  it('names a supply once, its fields below', () => {
    const level = evidence('supplies[2].level', { state: 'percent', percent: 8 }, { reason: 'as it is' })
    const tried = [{ source: '1.3.6.1.9', raw: '-3', reason: 'at least something' }]
    const rows = [
      evidence('supplies[2].name', 'Toner', { reason: 'as it is' }),
      { ...level, tried },
      evidence('supplies[10].level', { state: 'some' }, { source: null, raw: null, reason: 'no number' }),
      evidence('status', 'idle', { reason: 'it says so' }),
    ]
    expect(print(rows, 80)).toEqual([
      '  supplies[2]',
      '    name: Toner                 1.3.6.1.2.1.1.5.0 = "x"; as it is',
      '    level: 8%                   1.3.6.1.2.1.1.5.0 = "x"; as it is',
      '      also 1.3.6.1.9 = -3: at least something',
      '  supplies[10]',
      '    level: some                 no number',
      '  status: idle                  1.3.6.1.2.1.1.5.0 = "x"; it says so',
    ])
  })

  it('breaks between words at the edge of the terminal, and cuts a long list of bytes', () => {
    const reason = 'a reason of many words that takes more than one line of a narrow terminal to say'
    const long = evidence('firmware', '1.0', { raw: `0x${'ab'.repeat(200)}`, reason })
    const lines = print([long], 80)
    expect(lines.every((line) => measureText(line) <= 80)).toBe(true)
    expect(lines.join(' ').replace(/\s+/g, ' ')).toBe(
      ` firmware: 1.0 1.3.6.1.2.1.1.5.0 = 0x${'ab'.repeat(30)}a…; ${reason}`,
    )
  })

  it('words lists, nothing and what a device smuggles in', () => {
    expect(print([evidence('a', []), evidence('b', ['x', 'y']), evidence('c', null)], 30)).toEqual(
      expect.arrayContaining(['  a: none', '  b: x, y', '  c: not known']),
    )
    expect(print([evidence('a', '\x1b[31mred', { raw: '\x1b[2Jx' })], 80).join('')).not.toContain('\x1b')
  })
})
