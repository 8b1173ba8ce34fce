import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { Agent } from 'undici'
import { v7 } from 'uuid'
import { makeReading } from './made-up-readings.ts'
import { createToken, type ServerProcess, startServerProcess } from './server-process.ts'

const AGENTS = 4
/** The server lives this long before it is killed, at most. */
const LONGEST_LIFE_MS = 600

export interface KillReport {
  readonly answered: number
  readonly readings: number
  /** Batches whose answer the kill took away, by what had become of them. */
  readonly unanswered: { readonly stored: number; readonly lost: number }
  /** One sentence each: what must not be. */
  readonly faults: readonly string[]
}

interface Sender {
  readonly token: string
  readonly journal_id: string
  seq: number
  /** Readings of each batch by its sequence number. */
  readonly batches: Map<number, readonly string[]>
  readonly answered: Set<number>
}

/**
 * Kills a server of its own process with SIGKILL at random moments while agents upload, starts it again, lets the agents
 * go on with what was not answered, and at the end holds the database against what was answered.
 */
export async function runKillRounds(directory: string, rounds: number, random: () => number): Promise<KillReport> {
  const enrolment = createToken(directory, 'enrolment')
  const env = { PRINTMASTER_SECURITY_REQUESTS_PER_SECOND: '100000', PRINTMASTER_SECURITY_BURST: '100000' }
  const senders: Sender[] = []
  const unanswered = { stored: 0, lost: 0 }
  const faults: string[] = []
  for (let round = 0; round < rounds; round++) {
    const server = await startServerProcess(directory, env)
    const client = new Agent({ connections: AGENTS })
    while (senders.length < AGENTS) senders.push(await register(server, client, enrolment))
    let alive = true
    const uploads = Promise.all(senders.map((sender) => uploadWhile(() => alive, server, client, sender, random)))
    await wait(random() * LONGEST_LIFE_MS)
    await server.end('SIGKILL')
    alive = false
    await uploads
    await client.destroy()
    countUnanswered(directory, senders, unanswered, faults)
  }
  const server = await startServerProcess(directory, env)
  const client = new Agent({ connections: AGENTS })
  for (const sender of senders) await uploadNext(server, client, sender, random)
  await client.close()
  const code = await server.end('SIGTERM')
  if (code !== 0) faults.push(`the server ended with ${code} after SIGTERM`)
  const readings = compare(directory, senders, faults)
  const answered = senders.reduce((sum, sender) => sum + sender.answered.size, 0)
  return { answered, readings, unanswered, faults }
}

async function register({ url }: ServerProcess, dispatcher: Agent, enrolment: string): Promise<Sender> {
  const answer = await dispatcher.request({
    origin: url,
    path: '/api/v1/agents/register',
    method: 'POST',
    headers: { authorization: `Bearer ${enrolment}`, 'content-type': 'application/json' },
    body: '{}',
  })
  const { token } = (await answer.body.json()) as { token: string }
  return { token, journal_id: v7(), seq: 1, batches: new Map(), answered: new Set() }
}

async function uploadWhile(
  isAlive: () => boolean,
  server: ServerProcess,
  client: Agent,
  sender: Sender,
  random: () => number,
) {
  try {
    while (isAlive()) await uploadNext(server, client, sender, random)
  } catch (error) {
    if ((error as { refused?: true }).refused) throw error
    // the line broke: the server was killed
  }
}

/** Sends the first batch that was not answered; the same bytes again where it was sent before. */
async function uploadNext({ url }: ServerProcess, client: Agent, sender: Sender, random: () => number): Promise<void> {
  const { seq, journal_id } = sender
  if (!sender.batches.has(seq)) {
    sender.batches.set(
      seq,
      Array.from({ length: 1 + Math.floor(random() * 300) }, () => v7()),
    )
  }
  const ids = sender.batches.get(seq) as readonly string[]
  const metrics = ids.map((id, i) => makeReading(i % 20, seq, id))
  const answer = await client.request({
    origin: url,
    path: '/api/v1/metrics/batch',
    method: 'POST',
    headers: {
      authorization: `Bearer ${sender.token}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    body: gzipSync(JSON.stringify({ journal_id, seq, metrics })),
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw Object.assign(new Error(`${answer.statusCode} ${text}`), { refused: true })
  const { received, stored, last_seq } = JSON.parse(text) as { received: number; stored: number; last_seq: number }
  if (received !== ids.length || stored !== ids.length || last_seq !== seq) {
    throw Object.assign(new Error(`batch ${seq} of ${ids.length} was answered ${text}`), { refused: true })
  }
  sender.answered.add(seq)
  sender.seq++
}

function countUnanswered(
  directory: string,
  senders: readonly Sender[],
  counts: { stored: number; lost: number },
  faults: string[],
) {
  const db = new Database(join(directory, 'printmaster.db'), { readonly: true })
  for (const sender of senders) {
    const ids = sender.batches.get(sender.seq)
    if (ids === undefined) continue
    const held = countHeld(db, ids)
    if (held !== 0 && held !== ids.length) faults.push(`half a batch: ${held} of ${ids.length} readings after a kill`)
    counts[held === 0 ? 'lost' : 'stored']++
  }
  db.close()
}

function compare(directory: string, senders: readonly Sender[], faults: string[]): number {
  const db = new Database(join(directory, 'printmaster.db'), { readonly: true })
  let expected = 0
  for (const { batches, answered } of senders) {
    for (const [seq, ids] of batches) {
      if (!answered.has(seq)) faults.push(`batch ${seq} was never answered`)
      expected += ids.length
      const held = countHeld(db, ids)
      if (held !== ids.length) faults.push(`batch ${seq} was answered, and ${held} of ${ids.length} readings are there`)
    }
  }
  const total = db.prepare('SELECT count(*) FROM metrics_history').pluck().get() as number
  if (total !== expected) faults.push(`${total} readings are there, ${expected} were sent`)
  const health = db.pragma('integrity_check', { simple: true })
  if (health !== 'ok') faults.push(`integrity_check: ${health}`)
  db.close()
  return total
}

function countHeld(db: Database.Database, ids: readonly string[]): number {
  const find = db.prepare('SELECT 1 FROM metrics_history WHERE reading_id = ?').pluck()
  return ids.filter((id) => find.get(Buffer.from(id.replaceAll('-', ''), 'hex')) === 1).length
}
