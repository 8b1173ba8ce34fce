import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadRecordings } from '../../src/core/snmp/player/load-recordings.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'printmaster-recordings-'))
  await mkdir(join(folder, 'none'))
  await writeFile(join(folder, 'b.snmprec'), '1.3.6.2|2|2\n')
  await writeFile(join(folder, 'a.snmprec'), '1.3.6.1|2|1\n')
  await writeFile(join(folder, 'notes.txt'), 'no recording')
  await writeFile(join(folder, 'empty.rec'), '# nothing yet\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a folder gives its recordings by name, a file gives itself', async () => {
  const recordings = await loadRecordings([folder, join(folder, 'b.snmprec')])
  expect(recordings.map(({ oids }) => oids[0])).toEqual(['1.3.6.1', '1.3.6.2', '1.3.6.2'])
  expect(recordings[0]?.name).toBe(join(folder, 'a.snmprec'))
})

test.each([
  ['missing.snmprec', 'file_unreadable', 'there is no such file'],
  ['none', 'file_unreadable', 'no .snmprec file in this folder'],
  ['notes.txt', 'bad_recording', 'notes.txt:1: "no recording" is not OID|type|value'],
  ['empty.rec', 'bad_recording', 'the recording is empty'],
])('%s: %s', async (name, code, message) => {
  const loading = loadRecordings([join(folder, name)])
  await expect(loading).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})
