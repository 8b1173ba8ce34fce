import { expect, test } from 'vitest'
import { findNearest } from '../../src/core/model/nearest.ts'

test.each([
  ['comunity', 'community'],
  ['Community', 'community'],
  ['communtiy', 'community'],
  ['auth-key', 'auth_key'],
  ['prot', 'port'],
  ['database', null],
  ['', null],
  ['4', null],
  ['PORT', 'port'],
  ['x'.repeat(100_000), null],
])('%s: %s', (word, nearest) => {
  expect(findNearest(word, ['community', 'auth_key', 'port', 'priv_key'])).toBe(nearest)
})
