import { expect, test } from 'vitest'
import { PrintMasterError } from '../../src/core/model/error.ts'
import { expandTargets } from '../../src/core/targets/expand-targets.ts'
import { parseTarget, splitTargets } from '../../src/core/targets/parse-target.ts'
import { coversAddress } from '../../src/core/targets/target-range.ts'

const expand = (text: string) => [...expandTargets({ targets: [parseTarget(text)], maxHosts: 2 ** 32 })]
const size = (text: string) => expandTargets({ targets: [parseTarget(text)], maxHosts: 2 ** 32 }).size

test.each([
  ['10.0.0.5', ['10.0.0.5']],
  ['255.255.255.255', ['255.255.255.255']],
  ['10.0.0.0/30', ['10.0.0.1', '10.0.0.2']],
  ['10.0.0.3/30', ['10.0.0.1', '10.0.0.2']],
  ['10.0.0.7/31', ['10.0.0.6', '10.0.0.7']],
  ['10.0.0.7/32', ['10.0.0.7']],
  ['10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
  ['10.0.0.10-12', ['10.0.0.10', '10.0.0.11', '10.0.0.12']],
  ['10.0.0.255-1.1', ['10.0.0.255', '10.0.1.0', '10.0.1.1']],
  ['10.0.255.255-1.0.0', ['10.0.255.255', '10.1.0.0']],
  ['10.0.1-2.7-8', ['10.0.1.7', '10.0.1.8', '10.0.2.7', '10.0.2.8']],
  ['[::1]', ['::1']],
  ['FE80:0:0::1%lo', ['fe80::1%lo']],
  ['2001:DB8::/127', ['2001:db8::', '2001:db8::1']],
  ['2001:db8::ffff/127', ['2001:db8::fffe', '2001:db8::ffff']],
  ['[2001:db8:0:0:1::5]/128', ['2001:db8::1:0:0:5']],
  ['::ffff:10.0.0.5', ['10.0.0.5']],
])('%s is %j', (text, addresses) => {
  expect(expand(text)).toEqual(addresses)
})

test.each([
  ['0.0.0.0/0', 2 ** 32 - 2],
  ['10.0.0.0/8', 2 ** 24 - 2],
  ['10.0.0.x', 254],
  ['10.0.*.*', 256 * 254],
  ['10.*.0.5', 256],
  ['10.0.1.10-2.20', 267],
  ['2001:db8::/112', 65_536],
])('%s counts %i', (text, count) => {
  expect(size(text)).toBe(count)
})

test('a wildcard in the last octet leaves out 0 and 255', () => {
  const addresses = expand('10.0.0.*')
  expect([addresses[0], addresses.at(-1)]).toEqual(['10.0.0.1', '10.0.0.254'])
})

test.each([
  ['10.0.0', 'four octets'],
  ['10.0.0.0.1', 'four octets'],
  ['10.0.0.256', '0 to 255'],
  ['10.0.0.-5', 'empty'],
  ['10.0.0.5-', 'empty'],
  ['10..0.5', 'empty'],
  ['10.0.0.010', 'leading zeros'],
  ['10.0.0.20-10', 'backwards'],
  ['10.0.1.5-10.0.0.5', 'backwards'],
  ['10.0.2.10-1.20', 'backwards'],
  ['10.0.0.1-2-3', 'one range'],
  ['10.0.0.x-10.0.1.5', 'octet'],
  ['1.2.3.4/33', '/0 to /32'],
  ['1.2.3.4/', '/0 to /32'],
  ['1.2.3.4/24/24', '10.0.0.0/24'],
  ['10.0.0.x/24', 'octet'],
  ['*.*.*.5', '16777216 separate pieces'],
  ['0x7f000001', 'write an address'],
  ['10.0.0.0x1', 'an octet is a number'],
  ['123', 'four octets'],
  ['', 'write an address'],
  ['2001:db8::/111', '/112'],
  ['2001:db8::/129', '/128'],
  ['[::1', 'IPv6'],
  ['[::1]:161', '--port'],
  [':::', 'RFC 4291'],
  ['fe80::1%', 'RFC 4291'],
  ['fe80::1%a%b', 'RFC 4291'],
  ['10.0.0.5:161', 'the port goes to --port'],
  ['printer.example', 'host name cannot stand here'],
  ['-f', 'write an address'],
  ['a_b', 'write an address'],
  ['9'.repeat(400), 'longer than 300'],
])('%s is refused: %s', (text, reason) => {
  const refusal = catchError(() => parseTarget(text, 'list:7'))
  expect(refusal.code).toBe('bad_target')
  expect(refusal.message).toContain(reason)
  expect(refusal.message.startsWith("list:7: '")).toBe(true)
  expect(refusal.message).not.toContain('\n')
})

test('a refusal does not let control characters through, and clips', () => {
  const { message } = catchError(() => parseTarget(`\u001b[2J\r\n${'a b'.repeat(50)}`))
  expect(message).toMatch(/^[\x20-\x7e]*$/)
  expect(message).toContain("'\\u{1b}[2J\\u{d}\\u{a}")
  expect(message.length).toBeLessThan(250)
})

test('a network covers its edges, though they are not asked; an address is one in any spelling', () => {
  const network = parseTarget('10.0.1.0/24')
  expect(['10.0.1.0', '10.0.1.255', '::ffff:10.0.1.9'].map((a) => coversAddress(network, a))).toEqual([
    true,
    true,
    true,
  ])
  expect(['10.0.0.255', '10.0.2.0', 'fe80::1', 'x'].map((a) => coversAddress(network, a))).toEqual(Array(4).fill(false))
  const pattern = parseTarget('10.0.2-3.x')
  expect(['10.0.2.0', '10.0.3.255', '10.0.4.1', '11.0.2.1'].map((a) => coversAddress(pattern, a))).toEqual([
    true,
    true,
    false,
    false,
  ])
  const prefix = parseTarget('fe80::10%eth0/124')
  expect(
    ['fe80::1f%eth0', 'FE80:0::10%eth0', 'fe80::20%eth0', 'fe80::1f%eth1'].map((a) => coversAddress(prefix, a)),
  ).toEqual([true, true, false, false])
})

test('a list is split at commas and white space', () => {
  expect(splitTargets(' 10.0.0.1,10.0.0.2 ,\t::1\n')).toEqual(['10.0.0.1', '10.0.0.2', '::1'])
})

function catchError(action: () => unknown): PrintMasterError {
  try {
    action()
  } catch (error) {
    if (error instanceof PrintMasterError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
