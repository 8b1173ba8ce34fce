import { MessageChannel } from 'node:worker_threads'
import { unpackAddon } from '../store/sqlite/native-addon.ts'
import type { Store } from '../store/store.ts'
import type { StoreError } from '../store/store-error.ts'
import type { IngestReply, Upload } from './ingest/upload.ts'
import { type StoreThread, startStoreThread } from './store-thread.ts'
import { createWaiters, type Waiters } from './waiters.ts'

export type { IngestReply, Upload }

/** The store behind its threads: one that checks uploads, one that writes, one that reads, one that keeps the door. */
export interface StoreClient {
  readonly store: Store
  /**
   * Takes the upload's bytes over: they are gone from the caller's thread.
   * @throws StoreError when the database refuses; nothing of the batch was stored then
   */
  ingest(upload: Upload): Promise<IngestReply>
  /** What waits to be written. */
  pending(): { readonly batches: number; readonly bytes: number }
  /** Fulfilled when a thread ended, asked to or not. */
  readonly ended: Promise<void>
  /** Finishes what waits, then closes the database. */
  close(): Promise<void>
}

/** Short questions that requests wait for: they never wait behind a list. */
const KNOCKING = [
  'findToken',
  'findEndedTokens',
  'tokensVersion',
  'hasEnrolment',
  'lastSeq',
  'count',
] as const satisfies readonly (keyof Store)[]

/** These only read; they never wait behind a batch. */
const READING = [
  'listTokens',
  'listAgents',
  'findAgent',
  'listAgentHealth',
  'listDevices',
  'findDevice',
  'readDeviceReports',
  'listDeviceLevels',
  'listMetrics',
  'listFleetMetrics',
  'listAudit',
  'readAuditChain',
  'readAuditEnds',
  'readChanges',
  'readSnapshot',
  'listPresence',
  'findCommand',
  'listCommands',
  'listAlerts',
  'nextDeliveries',
  'rolledUpTo',
  'readRetired',
  'listOpenArchives',
  'listArchives',
  'countRetired',
  'readPeriods',
  'countOthers',
  'listPolicies',
  'knowsSite',
  'listPages',
  'readRetentionSizes',
  'freeSpace',
  'listDeliveries',
  'check',
] as const satisfies readonly (keyof Store)[]

const WRITING = [
  'describe',
  'createToken',
  'revokeToken',
  'registerAgent',
  'recordHeartbeats',
  'ingestBatches',
  'recordAudit',
  'pruneAudit',
  'recordPresence',
  'createCommand',
  'takeCommands',
  'updateCommand',
  'expireCommands',
  'recordAlerts',
  'acknowledgeAlert',
  'recordDelivery',
  'lockRetention',
  'unlockRetention',
  'rollUp',
  'foldMonths',
  'dropPeriodPart',
  'beginArchive',
  'recordArchive',
  'removeArchived',
  'removeRetired',
  'restoreReadings',
  'dropRestored',
  'dropBatches',
  'setPolicy',
  'resetPolicy',
  'releaseSpace',
  'tryWrite',
  'backup',
] as const satisfies readonly (keyof Store)[]

/**
 * Uploads on their way between the threads: two at least, so that one is checked while another is written, and more as
 * long as they are small. The others wait here as the bytes that they came as, which take the least memory.
 */
const UNDERWAY_LEAST = 2
const UNDERWAY_MOST = 64
const UNDERWAY_BYTES = 1024 * 1024

/** Opens the database at `path`. @throws StoreError */
export async function openStoreClient(path: string): Promise<StoreClient> {
  const addon = unpackAddon()
  const [calls, questions, knocks, replies] = [createWaiters(), createWaiters(), createWaiters(), createWaiters()]
  const { port1, port2 } = new MessageChannel()
  const writer = await startStoreThread(
    { role: 'writer', path, addon, fromChecker: port1 },
    (reply) => (reply.kind === 'upload' ? replies : calls).settle(reply),
    [port1],
  )
  const [checker, reader, door] = await Promise.all([
    startStoreThread({ role: 'checker', toWriter: port2 }, replies.settle, [port2]),
    startStoreThread({ role: 'reader', path, addon }, questions.settle),
    startStoreThread({ role: 'door', path, addon }, knocks.settle),
  ])
  let over: StoreError | null = null
  let closing: Promise<void> | null = null
  const ended = Promise.race([writer.ended, checker.ended, reader.ended, door.ended]).then((reason) => {
    over = reason
    // one thread after the other ends when it is asked to
    if (closing === null) for (const waiters of [calls, questions, knocks, replies]) waiters.rejectAll(reason)
  })
  const ask = (thread: StoreThread, waiters: Waiters) => (method: keyof Store, args: readonly unknown[]) => {
    if (over !== null && method !== 'close') return Promise.reject(over)
    const { id, answer } = waiters.add()
    thread.send({ id, method, args })
    return answer
  }
  const read = ask(reader, questions)
  const knock = ask(door, knocks)
  const write = ask(writer, calls)
  const uploads = startUploads((upload) => {
    if (over !== null) return Promise.reject(over)
    const { id, answer } = replies.add()
    checker.send({ id, upload }, [upload.body.buffer])
    return answer as Promise<IngestReply>
  })

  const close = async () => {
    await uploads.finish()
    await Promise.all([read('close', []), knock('close', [])])
    await write('close', [])
    await Promise.all([reader.ended, door.ended, writer.ended, checker.end()])
  }
  const store = {
    ...forward(KNOCKING, knock),
    ...forward(READING, read),
    ...forward(WRITING, write),
    close: () => (closing ??= over === null ? close() : Promise.resolve()),
  } as unknown as Store
  return { store, ingest: uploads.add, pending: uploads.pending, ended, close: store.close }
}

function forward(
  methods: readonly (keyof Store)[],
  ask: (method: keyof Store, args: readonly unknown[]) => Promise<unknown>,
): Partial<Record<keyof Store, unknown>> {
  return Object.fromEntries(methods.map((method) => [method, (...args: unknown[]) => ask(method, args)]))
}

interface Waiting {
  readonly upload: Upload
  readonly size: number
  resolve(reply: Promise<IngestReply>): void
}

function startUploads(send: (upload: Upload) => Promise<IngestReply>) {
  let waiting: Waiting[] = []
  const underway = { batches: 0, bytes: 0 }
  let total = 0
  let finished: (() => void) | null = null

  const hasRoom = () =>
    underway.batches < UNDERWAY_LEAST || (underway.batches < UNDERWAY_MOST && underway.bytes < UNDERWAY_BYTES)
  const start = ({ upload, size, resolve }: Waiting) => {
    underway.batches++
    underway.bytes += size
    const answer = send(upload)
    resolve(answer)
    const settle = () => {
      underway.batches--
      underway.bytes -= size
      total -= size
      next()
      if (underway.batches === 0) finished?.()
    }
    answer.then(settle, settle)
  }
  const next = () => {
    const ready: Waiting[] = []
    while (waiting.length > ready.length && hasRoom()) {
      const one = waiting[ready.length] as Waiting
      ready.push(one)
      start(one)
    }
    waiting = waiting.slice(ready.length)
  }
  return {
    add: (upload: Upload) =>
      new Promise<IngestReply>((resolve) => {
        const size = upload.body.byteLength
        total += size
        waiting.push({ upload: { ...upload, body: ownBytes(upload.body) }, size, resolve })
        next()
      }),
    pending: () => ({ batches: waiting.length + underway.batches, bytes: total }),
    finish: () =>
      new Promise<void>((resolve) => {
        if (underway.batches === 0) resolve()
        else finished = resolve
      }),
  }
}

/** Small buffers share their memory with others, which must not go along to another thread. */
function ownBytes(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body)
}
