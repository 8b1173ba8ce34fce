import type { Key } from 'ink'
import type { KeyPress } from '../views/view-state.ts'

const NAMES: ReadonlyArray<readonly [keyof Key, KeyPress['name']]> = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page_up'],
  ['pageDown', 'page_down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
]

const CONTROLS: Readonly<Record<string, KeyPress['name']>> = {
  c: 'quit',
  z: 'suspend',
  u: 'clear',
  h: 'backspace',
  f: 'page_down',
  b: 'page_up',
}

/** The keys that came in at one time: typed fast, or over a slow line, several are one piece of text. */
export function readKeys(input: string, key: Key): KeyPress[] {
  if (key.tab) return [{ text: '', name: key.shift ? 'back_tab' : 'tab' }]
  for (const [flag, name] of NAMES) if (key[flag]) return [{ text: '', name }]
  if (key.ctrl) {
    const name = CONTROLS[input]
    return name === undefined ? [] : [{ text: '', name }]
  }
  // esc and the key behind it come together over a slow line, as alt and that key do
  const before: KeyPress[] = key.meta ? [{ text: '', name: 'escape' }] : []
  const typed = [...input].flatMap((text): KeyPress[] => {
    if (text === '\r' || text === '\n') return [{ text: '', name: 'enter' }]
    return /\p{C}/u.test(text) ? [] : [{ text, name: null }]
  })
  return [...before, ...typed]
}
