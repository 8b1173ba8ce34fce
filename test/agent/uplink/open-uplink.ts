import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { UplinkOptions } from '../../../src/core/agent/agent-options.ts'
import type { Journal } from '../../../src/core/agent/journal/journal.ts'
import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'
import { createUplink, type Uplink, type UplinkParts } from '../../../src/core/agent/uplink/uplink.ts'
import { Secret } from '../../../src/core/model/secret.ts'
import { FastClock } from '../../fast-clock.ts'
import { createRandom } from '../../fault-proxy.ts'
import { makeDevice, makeReading } from '../../server/made-up-readings.ts'
import { createDirectory, type LogLine } from '../../server/start-test-server.ts'

export interface TestUplink {
  readonly uplink: Uplink
  readonly journal: Journal
  readonly clock: FastClock
  readonly log: readonly LogLine[]
  readonly options: UplinkOptions
  readonly forks: () => number
  readonly otherJournals: () => number
  /** Readings of one printer, in one transaction; gives their page counts. */
  record(count: number): number[]
  start(): void
  stop(): Promise<void>
  /** Waits until nothing waits. */
  drained(timeout?: number): Promise<void>
  /** Waits until the state is this. */
  becomes(state: string): Promise<void>
}

export interface TestUplinkOptions {
  readonly options?: Partial<UplinkOptions>
  readonly directory?: string
  readonly clock?: FastClock
  readonly parts?: Partial<UplinkParts>
  readonly waits?: boolean
}

let sample = 0

/** An uplink with a journal of its own that runs a hundred times faster; it ends with the test. */
export function openUplink(url: string, enrolment: string | null, setup: TestUplinkOptions = {}): TestUplink {
  const clock = setup.clock ?? new FastClock(100)
  const path = join(setup.directory ?? createDirectory(), 'agent', 'journal.db')
  const journal = openJournal(path, { size_mb: 500, days: 30, now: clock.now() })
  const log: LogLine[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void log.push({ level, fields: fields as Record<string, unknown>, message })
  const options: UplinkOptions = {
    url,
    allow_plaintext: false,
    agent_id: null,
    name: null,
    enrolment_token: enrolment === null ? null : new Secret(enrolment),
    upload_interval_seconds: 20,
    heartbeat_interval_seconds: 10,
    tls: { ca: null, client: null },
    proxy: null,
    ...setup.options,
  }
  let forks = 0
  let others = 0
  const uplink = createUplink({
    options,
    journal,
    clock,
    log: { error: write('error'), warn: write('warn'), info: write('info') },
    random: createRandom(7),
    composeHeartbeat: () => ({ status: 'active', queue_length: journal.count(clock.now()).queue_length }),
    describeAgent: () => ({ hostname: 'agent-host', platform: 'linux' }),
    onFork: () => void forks++,
    onOtherJournal: () => void others++,
    ...setup.parts,
  })
  const controller = new AbortController()
  let running = Promise.resolve()
  let isClosed = false
  const stop = async () => {
    controller.abort()
    await running
    if (!isClosed) journal.close()
    isClosed = true
  }
  onTestFinished(stop)
  const waitFor = (check: () => void, timeout = 45_000) => vi.waitFor(check, { timeout, interval: 5 })
  const equal = (found: unknown, wanted: unknown) => {
    if (found !== wanted) throw new Error(`${found} is not ${wanted}: ${JSON.stringify(log.slice(-3))}`)
  }
  const test: TestUplink = {
    uplink,
    journal,
    clock,
    log,
    options,
    forks: () => forks,
    otherJournals: () => others,
    record(count) {
      const samples = Array.from({ length: count }, () => ++sample)
      const readings = samples.map((each) => {
        const { reading_id: _, ...reading } = makeReading(1, each, '')
        return { ...reading, page_count: each, sampled_at: new Date(clock.now()).toISOString() }
      })
      journal.record({ readings }, clock.now())
      return samples
    },
    start() {
      running = uplink.run(controller.signal)
    },
    stop,
    drained: (timeout) => waitFor(() => equal(journal.count(clock.now()).queue_length, 0), timeout),
    becomes: (state) => waitFor(() => equal(uplink.facts().state, state)),
  }
  if (!setup.waits) test.start()
  return test
}

/** A device found by a discovery. */
export function recordDevice({ journal, clock }: TestUplink, printer: number): void {
  journal.record({ devices: [{ printer_id: `printer-${printer}`, item: makeDevice(printer, 1) }] }, clock.now())
}
