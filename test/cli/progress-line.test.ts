import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openArchiveOffice } from '../../src/cli/archive-office.ts'
import { createProgressLine } from '../../src/cli/progress-line.ts'
import { describeJob } from '../../src/cli/retention-archives.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { createFolder } from './run-cli.ts'

function fakeStream(isTTY: boolean) {
  const written: string[] = []
  const stream = { isTTY, columns: 20, write: (text: string) => written.push(text) > 0 }
  return { written, stream: stream as unknown as NodeJS.WriteStream }
}

test('one line of a terminal, as wide as that, and not again at once', () => {
  const { written, stream } = fakeStream(true)
  const line = createProgressLine(stream)
  line.clear()
  expect(written).toEqual([])
  line.show('12 archives read of a place')
  line.show('13 archives read of a place')
  expect(written).toEqual(['\r\u001b[2K12 archives read of'])
  line.clear()
  expect(written.at(-1)).toBe('\r\u001b[2K')
})

test('nothing where there is no terminal', () => {
  const { written, stream } = fakeStream(false)
  const line = createProgressLine(stream)
  line.show('12 archives read')
  line.clear()
  expect(written).toEqual([])
})

test('work with archives tells how far it is', async () => {
  const database = join(createFolder(), 'printmaster.db')
  await openSqliteStore(database).close()
  const office = await openArchiveOffice({ database }, { readonly: true }, () => undefined)
  const told: string[] = []
  await office.run({ kind: 'verify' }, new AbortController().signal, (job) => told.push(describeJob(job)))
  await office.close()
  expect(told[0]).toBe('Running: 0 archives read, 0 rows in them, 0 archives damaged')
})
