import { expect, test } from 'vitest'
import { formatTextTable, type TextColumn } from '../../src/core/output/text-table.ts'

interface Row {
  readonly name: string
  readonly count: number
}

const COLUMNS: ReadonlyArray<TextColumn<Row>> = [
  { heading: 'Name', comfort: 10, dropRank: 0, read: ({ name }) => name },
  { heading: 'Count', align: 'right', comfort: 5, dropRank: 1, read: ({ count }) => String(count) },
  { heading: 'Note', comfort: 30, dropRank: 2, read: ({ name }) => `about ${name}`.repeat(3) },
]
const look = { color: false, unicode: false, width: 80 }

test('columns are as wide as their cells, and nothing hangs over at the end of a line', () => {
  expect(formatTextTable([{ name: 'a', count: 12 }], COLUMNS, look)).toBe(
    ['Name  Count  Note', '----  -----  ---------------------', 'a        12  about aabout aabout a', ''].join('\n'),
  )
})

test('where the terminal is narrow the least important columns go, and what stays is cut', () => {
  const text = formatTextTable([{ name: 'n'.repeat(60), count: 1 }], COLUMNS, { ...look, width: 40 })
  expect(text).not.toContain('Note')
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  expect(text).toMatch(/n~ +1$/m)
})

test('a cell cannot move the cursor or break the line', () => {
  const text = formatTextTable([{ name: 'a\u001b[2J\nb', count: 1 }], COLUMNS, look)
  expect(text.split('\n')).toHaveLength(4)
  expect(text).not.toContain('\u001b')
})
