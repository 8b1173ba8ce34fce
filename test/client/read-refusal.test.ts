import { expect, test } from 'vitest'
import { readRefusal } from '../../src/core/client/read-refusal.ts'

const refuse = (code: string, fields: unknown) =>
  readRefusal(400, { error: { code, message: 'it does not fit', details: { fields } } }).message

test('what does not fit, and why, is told', () => {
  const fields = [
    { path: '/expires_in_seconds', problem: 'must be >= 10' },
    { path: 'limit', problem: 'must be\u001b[2J integer' },
  ]
  const told = '/expires_in_seconds must be >= 10; limit must be integer'
  expect(refuse('invalid_body', fields)).toBe(`it does not fit (invalid_body): ${told}`)
  expect(refuse('invalid_query', fields)).toBe(`it does not fit (invalid_query): ${told}`)
})

test('fields that are none, and far too many, do no harm', () => {
  for (const none of [undefined, null, 'x', [], [null], [{ path: 1 }]]) {
    expect(refuse('invalid_body', none)).toBe('it does not fit (invalid_body)')
  }
  const many = Array.from({ length: 1000 }, () => ({ path: '/a', problem: 'x'.repeat(10_000) }))
  expect(refuse('invalid_body', many).length).toBeLessThan(3000)
  expect(refuse('invalid_body', many)).toMatch(/; and 995 more$/)
  expect(refuse('not_found', many)).toBe('it does not fit (not_found)')
})
