import type { Key } from 'ink'
import { expect, test } from 'vitest'
import { readKeys } from '../../src/tui/components/read-key.ts'

const key = (changes: Partial<Key> = {}): Key => ({ ...changes }) as Key
const text = (typed: string) => ({ text: typed, name: null })

test.each([
  ['jj/é', key(), [text('j'), text('j'), text('/'), text('é')]],
  ['', key({ pageDown: true }), [{ text: '', name: 'page_down' }]],
  ['', key({ tab: true, shift: true }), [{ text: '', name: 'back_tab' }]],
  ['c', key({ ctrl: true }), [{ text: '', name: 'quit' }]],
  ['z', key({ ctrl: true }), [{ text: '', name: 'suspend' }]],
  ['x', key({ ctrl: true }), []],
  // esc and a key in one piece
  ['1', key({ meta: true }), [{ text: '', name: 'escape' }, text('1')]],
  ['a\rb\u0007', key(), [text('a'), { text: '', name: 'enter' }, text('b')]],
])('%j', (input, pressed, keys) => {
  expect(readKeys(input, pressed)).toEqual(keys)
})
