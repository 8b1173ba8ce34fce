import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportAudit } from '../../src/cli/audit-export.ts'
import { headFileOf, openAuditFile, stubFileOf } from '../../src/cli/audit-file.ts'
import { readAuditOf } from '../../src/cli/audit-source.ts'
import { verifyAudit } from '../../src/cli/audit-verify.ts'
import { pruneAudit } from '../../src/core/audit/prune.ts'
import { openSigningKey } from '../../src/core/audit/signing-key.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { NOW } from '../store/sample-batches.ts'
import { recordEvents } from './sample-events.ts'

const ENTRIES = 40

/** An exported log of some entries. @param pruned how many of them were let go before */
async function exportLog(pruned = 0) {
  const { store, directory } = await openTemporary()
  await recordEvents(store, ENTRIES)
  const key = openSigningKey(join(directory, 'key'))
  if (pruned > 0) await pruneAudit(store, key, pruned, NOW)
  const file = join(directory, 'audit.ndjson')
  await exportAudit(
    readAuditOf(store, () => key),
    file,
  )
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return { file, lines, key, directory, write: (all: readonly string[]) => writeFileSync(file, `${all.join('\n')}\n`) }
}

async function verify(file: string, trusted: string | null = null) {
  const { source, head } = await openAuditFile(file)
  return verifyAudit(source, [head], trusted)
}

test('an exported log verifies by itself, whole or with a signed beginning', async () => {
  const whole = await exportLog()
  expect(await verify(whole.file, whole.key.public_key)).toMatchObject({ problems: [], first_seq: 1, heads: 1 })
  const pruned = await exportLog(10)
  const result = await verify(pruned.file, pruned.key.public_key)
  expect(result).toMatchObject({ problems: [], entries: pruned.lines.length })
  expect(result.first_seq).toBeGreaterThan(1)
})

test('what was changed, taken out, moved, cut off or added is found, at every line', async () => {
  const { file, lines, write } = await exportLog()
  const ways: Readonly<Record<string, (i: number) => string[]>> = {
    changed: (i) => lines.with(i, (lines[i] as string).replace('tested', 'testee')),
    deleted: (i) => lines.toSpliced(i, 1),
    moved: (i) => lines.toSpliced(i, 1).toSpliced((i + 3) % (lines.length - 1), 0, lines[i] as string),
    repeated: (i) => lines.toSpliced(i, 0, lines[i] as string),
    cut: (i) => lines.slice(0, i),
    added: (i) => [
      ...lines,
      (lines.at(-1) as string).replace(/"seq":(\d+)/, (_, seq) => `"seq":${Number(seq) + 1 + i}`),
    ],
  }
  const missed: string[] = []
  for (const [way, change] of Object.entries(ways)) {
    for (let i = 0; i < lines.length; i += 1) {
      const changed = change(i)
      if (changed.join() === lines.join()) continue
      write(changed)
      if ((await verify(file).catch(({ message }) => ({ problems: [message] }))).problems.length === 0) {
        missed.push(`${way} ${i}`)
      }
    }
  }
  expect(missed).toEqual([])
  write(lines)
  expect((await verify(file)).problems).toEqual([])
})

test('a head that is another one, a stub that is gone, a key that is not the trusted one', async () => {
  const { file, key } = await exportLog(10)
  const other = openSigningKey(`${file}.other-key`)
  expect((await verify(file, other.public_key)).problems.join()).toMatch(/signed by another key/)
  const head = JSON.parse(readFileSync(headFileOf(file), 'utf8'))
  writeFileSync(headFileOf(file), JSON.stringify({ ...head, body: head.body.replace(/"seq":\d+/, '"seq":12') }))
  await expect(verify(file)).rejects.toMatchObject({ code: 'archive_damaged', message: /signature of the head/ })
  writeFileSync(headFileOf(file), JSON.stringify(head))
  writeFileSync(stubFileOf(file), '{}')
  await expect(verify(file)).rejects.toMatchObject({ code: 'archive_damaged' })
  const unpruned = await exportLog(10)
  rmSync(stubFileOf(unpruned.file))
  expect((await verify(unpruned.file, unpruned.key.public_key)).problems[0]).toMatch(/are missing/)
  expect(key.public_key).not.toBe(other.public_key)
})

test('files that are none of it are named in one sentence', async () => {
  const { file, lines, write, directory } = await exportLog()
  await expect(openAuditFile(join(directory, 'nothing'))).rejects.toMatchObject({ code: 'file_unreadable' })
  write([...lines.slice(0, 3), 'torn {'])
  await expect(verify(file)).rejects.toMatchObject({
    code: 'archive_damaged',
    message: /line 4: this is no audit entry/,
  })
})
