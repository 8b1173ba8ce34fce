import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expandTargets } from '../../src/core/targets/expand-targets.ts'
import { parseTarget } from '../../src/core/targets/parse-target.ts'

const parse = (texts: string[]) => texts.map((text) => parseTarget(text))

test('the order is that of first mention, each address once', () => {
  const set = expandTargets({ targets: parse(['10.0.0.8', '10.0.0.6-9', '10.0.0.5-7', '::1', '10.0.0.8', '::1']) })
  const addresses = ['10.0.0.8', '10.0.0.6', '10.0.0.7', '10.0.0.9', '10.0.0.5', '::1']
  expect([...set]).toEqual(addresses)
  expect([...set]).toEqual(addresses)
  expect(set.size).toBe(6)
})

test('an excluded network is left out whole, network and broadcast address of it included', () => {
  const set = expandTargets({
    targets: parse(['10.0.0.0/22']),
    exclude: parse(['10.0.1.0/24', '10.0.2.x', '10.0.3.9']),
  })
  // 1,022 hosts of the /22 without two blocks of 256 and one address.
  expect(set.size).toBe(1022 - 512 - 1)
  const addresses = new Set(set)
  expect(['10.0.0.255', '10.0.3.0'].every((address) => addresses.has(address))).toBe(true)
  expect(
    ['10.0.1.0', '10.0.1.255', '10.0.2.0', '10.0.2.255', '10.0.3.9'].some((address) => addresses.has(address)),
  ).toBe(false)
})

test('zones and families are kept apart', () => {
  const set = expandTargets({
    targets: parse(['fe80::1%eth0', 'fe80::1%eth1', '0.0.0.1', '::1']),
    exclude: parse(['fe80::1%eth1']),
  })
  expect([...set]).toEqual(['fe80::1%eth0', '0.0.0.1', '::1'])
})

test('more than max-hosts is refused with the count, exactly at the limit is not', () => {
  expect(expandTargets({ targets: parse(['10.0.0.0-10.0.255.255']) }).size).toBe(65_536)
  expect(() => expandTargets({ targets: parse(['10.0.0.0-10.1.0.0']) })).toThrow(
    expect.objectContaining({
      code: 'too_many_targets',
      message: expect.stringMatching(/65537 addresses.*--max-hosts 65537/),
    }),
  )
  expect(() => expandTargets({ targets: parse(['10.0.0.x']), maxHosts: 253 })).toThrow('254 addresses')
  // What is excluded does not count.
  expect(expandTargets({ targets: parse(['10.0.0.0/8']), exclude: parse(['10.1.0.0-10.255.255.255']) }).size).toBe(
    65_535,
  )
})

test('nothing left is an error, no target is an empty set', () => {
  expect(() => expandTargets({ targets: parse(['10.0.0.5']), exclude: parse(['10.0.0.0/8']) })).toThrow(
    'nothing is left to ask',
  )
  expect(expandTargets({ targets: [] }).size).toBe(0)
})

test('targets that would fall into millions of pieces are refused before they take memory', () => {
  const scattered = Array.from({ length: 40 }, (_, i) => parseTarget(`${i}.*.*.5`))
  expect(() => expandTargets({ targets: scattered, maxHosts: 2 ** 32 })).toThrow('2621440 separate pieces')
})

test('the whole of IPv4 is counted and begun without being held', () => {
  const set = expandTargets({ targets: parse(['0.0.0.0/0']), exclude: parse(['0.0.0.0/31']), maxHosts: 2 ** 32 })
  expect(set.size).toBe(2 ** 32 - 3)
  expect(set[Symbol.iterator]().next().value).toBe('0.0.0.2')
})

const word = fc.integer({ min: 0, max: 3 })
const octet = fc.oneof(
  word.map((n) => ({ text: String(n), asked: [n] })),
  fc.tuple(word, word).map(([a, b]) => {
    const [low, high] = a < b ? [a, b] : [b, a]
    return { text: `${low}-${high}`, asked: [0, 1, 2, 3].filter((n) => n >= low && n <= high) }
  }),
)
/** A pattern in 10.0.0-3.0-3, and its addresses by plain loops. */
const pattern = fc.tuple(octet, octet).map(([c, d]) => ({
  text: `10.0.${c.text}.${d.text}`,
  addresses: c.asked.flatMap((i) => d.asked.map((j) => `10.0.${i}.${j}`)),
}))
/** A range across the border of 10.0.0.255, and its addresses by plain loops. */
const range = fc.tuple(fc.integer({ min: 250, max: 255 }), fc.integer({ min: 0, max: 5 })).map(([low, high]) => ({
  text: `10.0.0.${low}-1.${high}`,
  addresses: [
    ...[250, 251, 252, 253, 254, 255].filter((n) => n >= low).map((n) => `10.0.0.${n}`),
    ...[0, 1, 2, 3, 4, 5].filter((n) => n <= high).map((n) => `10.0.1.${n}`),
  ],
}))
const some = fc.array(fc.oneof(pattern, range), { maxLength: 8 })

test('expanding equals plain loops with a set, in order, whatever overlaps', () => {
  fc.assert(
    fc.property(some, some, (targets, exclude) => {
      const out = new Set(exclude.flatMap(({ addresses }) => addresses))
      const expected = [...new Set(targets.flatMap(({ addresses }) => addresses))].filter(
        (address) => !out.has(address),
      )
      fc.pre(expected.length > 0)
      const texts = (items: { text: string }[]) => parse(items.map(({ text }) => text))
      const set = expandTargets({ targets: texts(targets), exclude: texts(exclude) })
      expect([...set]).toEqual(expected)
      expect(set.size).toBe(expected.length)
    }),
    { numRuns: 500, seed: 20 },
  )
})
