import pLimit from 'p-limit'
import { cleanDeviceText } from '../mib/device-text.ts'
import type { Credential } from '../model/credential.ts'
import { PrintMasterError } from '../model/error.ts'
import type { FailureCode, ScanEvent, ScanProgress } from '../model/scan-event.ts'
import { endsReading, type Glance, type GlanceTaken, glanceOf, takeGlance } from '../printer/glance.ts'
import { normalise } from '../printer/normalise.ts'
import { readPrinter } from '../printer/read-printer.ts'
import type { Profile } from '../profiles/profile.ts'
import type { SnmpSession } from '../snmp/session.ts'
import { SnmpError } from '../snmp/snmp-error.ts'
import { Wire } from '../snmp/wire.ts'
import { chooseSession } from './choose-session.ts'
import { EventQueue } from './event-queue.ts'

import { Sweep } from './sweep.ts'
import type { SweptHost } from './swept-host.ts'

export interface ScanOptions {
  /** Drawn lazily; each address once. */
  addresses: Iterable<string>
  /** How many addresses there are, for progress; null when nobody knows. */
  total: number | null
  port: number
  /** Milliseconds to wait for an answer after the last try. */
  timeout: number
  retries: number
  /** Datagrams a second; 0 for no limit. */
  rate: number
  /** Printers read at one time. */
  concurrency: number
  /** Seconds for one printer. */
  deadline: number
  credentialsFor(address: string): readonly Credential[]
  /** A user's own first. */
  profiles: readonly Profile[]
  /** Adds `evidence` to each printer: what every field came from. */
  explain?: boolean
  /**
   * What the last full reading of an address gave as `glance`: the reading begins with these few objects, and ends there as
   * `unchanged` when they are as they were. Null: everything is read. With it, `read` events have a `glance`.
   */
  glanceFor?(address: string): Glance | null
  now(): Date
  signal: AbortSignal
}

const PROGRESS_INTERVAL = 200
const LEAST_CONCURRENCY = 4

/**
 * Finds and reads the printers among the addresses: sweep, identify, read and normalise as one stream. A device that
 * fails is an event, never a throw; the last event is `done`, after an abort too.
 *
 * @throws PrintMasterError network_unreachable or permission_denied when not one datagram could be sent
 */
export async function* scan(options: ScanOptions): AsyncGenerator<ScanEvent> {
  const began = performance.now()
  const wire = new Wire(options.rate)
  const queue = new EventQueue<ScanEvent>()
  const running = new Set<Promise<void>>()
  const limit = pLimit(options.concurrency)
  // A consumer that leaves early ends the scan as an abort does.
  const left = new AbortController()
  const stop = AbortSignal.any([options.signal, left.signal])
  let printers = 0
  let failed = 0

  /** What a glance showed; `changed` also where none was wanted. */
  const glanceAt = async (session: SnmpSession): Promise<GlanceTaken | 'changed' | 'refused'> => {
    const glance = options.glanceFor?.(session.address) ?? null
    if (glance === null) return 'changed'
    try {
      return (await takeGlance(session, glance, options.now)) ?? 'changed'
    } catch (error) {
      if (endsReading(error)) throw error
      return 'refused'
    }
  }

  const readHost = async (host: SweptHost): Promise<void> => {
    const { address } = host
    queue.push({
      type: 'found',
      address,
      port: options.port,
      sys_object_id: host.objectId,
      description: host.description && cleanDeviceText(host.description),
    })
    const deadline = AbortSignal.timeout(options.deadline * 1000)
    const signal = AbortSignal.any([stop, deadline])
    const { port, timeout, retries } = options
    try {
      const session = await chooseSession(host, options.credentialsFor(address), {
        wire,
        address,
        port,
        timeout,
        retries,
        signal,
      })
      const glanced = await glanceAt(session)
      if (typeof glanced === 'object') {
        queue.push({ type: 'unchanged', address, port, ...glanced })
        return
      }
      const isAsked = options.glanceFor !== undefined
      const { reading } = await readPrinter(session, options.profiles, options.now, signal, isAsked)
      if (!reading) return
      const found = normalise(reading, options.profiles, { explain: options.explain ?? false })
      // One that refuses a glance is read in full next time, too.
      const next = isAsked && { glance: glanced === 'refused' ? {} : glanceOf(reading, found, options.profiles) }
      for (const printer of found) {
        printers++
        queue.push({ type: 'read', printer, ...next })
      }
    } catch (error) {
      if (!(error instanceof SnmpError)) throw error
      if (stop.aborted) return
      failed++
      queue.push({
        type: 'failed',
        address,
        port,
        code: deadline.aborted ? 'deadline' : failureOf(error),
        message: error.message,
      })
    }
  }

  const sweep = new Sweep({
    ...options,
    signal: stop,
    wire,
    onAnswer: (host) => {
      const job = limit(() => readHost(host)).catch((error) => queue.end(error))
      running.add(job)
      job.finally(() => running.delete(job))
    },
  })
  const progress = (): ScanProgress => ({
    asked: sweep.asked,
    total: options.total,
    answered: sweep.answered,
    printers,
    failed,
  })
  let overflowed = 0
  /** Answers come faster than they are read: fewer printers at one time. What was lost is asked for again anyhow. */
  const heedOverflow = async () => {
    const fresh = await wire.countOverflow()
    overflowed += fresh
    if (fresh > 0) limit.concurrency = Math.max(LEAST_CONCURRENCY, Math.floor(limit.concurrency / 2))
  }
  const ticker = setInterval(() => {
    queue.push({ type: 'progress', progress: progress() })
    void heedOverflow()
  }, PROGRESS_INTERVAL)
  const finish = async () => {
    await sweep.run()
    while (running.size > 0) await Promise.all(running)
    refuseWhenNothingWasSent(wire)
    await heedOverflow()
    const seconds = Math.round(performance.now() - began) / 1000
    queue.push({
      type: 'done',
      summary: {
        ...progress(),
        seconds,
        packets: wire.sent,
        strays: wire.strays,
        overflowed,
        interrupted: options.signal.aborted,
      },
    })
    queue.end()
  }
  const finished = finish().catch((error) => queue.end(error))
  try {
    yield* queue
  } finally {
    clearInterval(ticker)
    left.abort()
    await finished
    await wire.close()
  }
}

function failureOf({ code, isCredential }: SnmpError): FailureCode {
  if (isCredential || code === 'refused' || code === 'not_in_time_window') return 'wrong_credentials'
  return code === 'timeout' ? 'timeout' : code === 'send_failed' ? 'unreachable' : 'bad_answer'
}

function refuseWhenNothingWasSent(wire: Wire): void {
  const [code] = wire.refused.keys()
  if (wire.sent > 0 || !code) return
  if (code === 'EACCES' || code === 'EPERM') {
    throw new PrintMasterError(
      'permission_denied',
      `this machine does not let the program send SNMP requests (${code}). Look at its firewall, or name other targets.`,
    )
  }
  throw new PrintMasterError(
    'network_unreachable',
    `not one address could be asked (${code}). Check that this machine has a network and a route to the targets.`,
  )
}
