import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { followEntries } from '../../src/cli/audit-list.ts'
import { type AuditSource, readAuditOf } from '../../src/cli/audit-source.ts'
import { openSigningKey } from '../../src/core/audit/signing-key.ts'
import type { Store } from '../../src/core/store/store.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { NOW } from '../store/sample-batches.ts'
import { recordEvents } from './sample-events.ts'

const record = (store: Store, action: string) =>
  store.recordAudit([
    {
      event_id: null,
      actor: { type: 'server', id: 'server', ip_address: null },
      agent_id: null,
      action,
      resource_type: null,
      resource_id: null,
      outcome: 'success',
      details: {},
      occurred_at: NOW,
      recorded_at: NOW,
    },
  ])

/** A log, where each chain is read from, and what happens in it right after it was listed. */
async function openLog(afterList: (store: Store) => Promise<unknown>) {
  const { store, directory } = await openTemporary()
  const log = readAuditOf(store, () => openSigningKey(join(directory, 'key')))
  const asked: number[] = []
  const source: AuditSource = {
    ...log,
    async list(filter) {
      const page = await log.list(filter)
      await afterList(store)
      return page
    },
    chain(after, limit) {
      asked.push(after)
      return log.chain(after, limit)
    },
  }
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  return { store, asked, follow: (action: string) => followEntries(source, { action }, 100, stop.signal) }
}

test('an entry that is recorded while the log is listed is shown, though nothing fitted before', async () => {
  const { store, follow } = await openLog((log) => record(log, 'wanted'))
  await recordEvents(store, 5)
  const { value } = await follow('wanted').next()
  expect(value).toMatchObject({ seq: 6, action: 'wanted' })
})

test('with a filter the walk begins at the end of the log, and not behind the newest entry that fits', async () => {
  const { store, asked, follow } = await openLog(async () => undefined)
  await record(store, 'wanted')
  await recordEvents(store, 1000)
  const entries = follow('wanted')
  expect((await entries.next()).value).toMatchObject({ seq: 1 })
  await record(store, 'wanted')
  expect((await entries.next()).value).toMatchObject({ seq: 1002 })
  expect(asked).toEqual([1001])
})

test('what came while the log was listed is shown once', async () => {
  let isFirst = true
  const { store, follow } = await openLog(async (log) => {
    if (isFirst) await record(log, 'wanted')
    isFirst = false
  })
  await record(store, 'wanted')
  const entries = follow('wanted')
  const seen = [(await entries.next()).value?.seq, (await entries.next()).value?.seq]
  await record(store, 'wanted')
  expect([...seen, (await entries.next()).value?.seq]).toEqual([1, 2, 3])
})
