import { expect, test } from 'vitest'
import { cleanText } from '../../src/core/output/clean-text.ts'

test.each([
  ['plain stays', 'HP LaserJet M607', 'HP LaserJet M607'],
  ['every script stays', '東京 Zürich עברית', '東京 Zürich עברית'],
  ['colour sequence', '\x1b[31mred\x1b[0m', 'red'],
  ['window title', 'a\x1b]0;owned\x07b', 'ab'],
  ['C1 CSI', 'a\x9b2Jb', 'ab'],
  ['an unfinished sequence loses its introducer', 'a\x1b[31', 'a31'],
  ['a sequence cannot be built from two', '\x1b\x1b[m[31mx', '[31mx'],
  ['controls and DEL', 'a\x00b\x08c\x7fd\x81e', 'abcde'],
  ['bidi override and isolates', 'a\u202eb\u2066c\u2069\u200ed', 'abcd'],
  ['zero width', 'a\u200bb\ufeffc\u2060d\u00ade', 'abcde'],
  ['lone surrogates', 'a\ud800b\udc00c', 'abc'],
  ['no pair is made from two lone ones', 'a\ud83d\u200b\ude00b', 'ab'],
  ['white space collapses', '  a\t\r\n  b\x85\u2028c\u00a0\u3000', 'a b c'],
])('%s', (_, text, expected) => {
  expect(cleanText(text)).toBe(expected)
})

test('marks do not pile up', () => {
  expect(cleanText(`a${'\u0301'.repeat(50)}`)).toBe(`a${'\u0301'.repeat(4)}`)
})

test('a long hostile text takes linear time', () => {
  const started = performance.now()
  cleanText('\x1b]'.repeat(1_000_000))
  expect(performance.now() - started).toBeLessThan(1000)
})
