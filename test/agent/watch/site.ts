import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReadingRule, WatchOptions } from '../../../src/core/agent/agent-options.ts'
import type { Journal, Occasion } from '../../../src/core/agent/journal/journal.ts'
import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'
import { createWatch, type Watch } from '../../../src/core/agent/watch/watch.ts'
import type { WatchLog } from '../../../src/core/agent/watch/watch-log.ts'
import { MAKERS } from '../../../src/core/profiles/makers.ts'
import type { AuditEvent } from '../../../src/core/protocol/audit.ts'
import type { Fault } from '../../../src/core/snmp/player/faults.ts'
import { type LiveDevice, type Player, startPlayer } from '../../../src/core/snmp/player/player.ts'
import { expandTargets } from '../../../src/core/targets/expand-targets.ts'
import { parseTarget } from '../../../src/core/targets/parse-target.ts'
import { FastClock } from '../../fast-clock.ts'
import { readFixture } from '../../recordings/printer-fixture.ts'
import { PUBLIC } from '../../scan/run-scan.ts'

export type Item = Record<string, unknown>

export interface LogLine {
  readonly level: string
  readonly facts: Record<string, unknown>
  readonly message: string
}

export const RULE: ReadingRule = {
  name: 'reading',
  ranges: null,
  models: null,
  interval_seconds: 60,
  full_interval_seconds: 6000,
  quiet_hours: [],
}

export const rangesOf = (...texts: string[]) => texts.map((text) => parseTarget(text))

/** Printers on loopback addresses, a journal on disk, and a watch over them on a fast clock. */
export class Site {
  readonly clock: FastClock
  readonly journal: Journal
  readonly readings: Item[] = []
  readonly devices: Item[] = []
  readonly events: AuditEvent[] = []
  readonly lines: LogLine[] = []
  readonly errors: string[] = []
  discoveries = 0
  /** Thrown by the journal instead of recording. */
  refusal: Error | null = null
  watch: Watch | null = null
  options: WatchOptions
  port = 0
  private readonly directory = mkdtempSync(join(tmpdir(), 'printmaster-watch-'))
  private readonly players = new Map<string, Player>()
  private readonly waiting = new Set<() => void>()
  private running: { done: Promise<void>; stop: AbortController } | null = null

  constructor({ factor = 200, start = Date.now(), options = {} as Partial<WatchOptions> } = {}) {
    this.clock = new FastClock(factor, start)
    this.journal = openJournal(join(this.directory, 'journal.db'), { size_mb: 100, days: 30, now: this.clock.now() })
    this.options = {
      targets: [] as never,
      port: 0,
      timeout_ms: 100,
      retries: 1,
      rate: 5000,
      concurrency: 16,
      deadline_seconds: 20,
      profiles: MAKERS,
      credentialsFor: () => PUBLIC,
      discovery: { interval_seconds: 100_000, quiet_hours: [] },
      reading: [RULE],
      ...options,
    }
  }

  /** Puts a printer at an address; `copy` makes it another one of its kind. */
  async install(address: string, name: string, copy = 0, faults: Fault[] = []): Promise<LiveDevice> {
    const recording = readFixture('printers', name)
    const player = await startPlayer({ devices: [{ address, recording, copy, faults }], port: this.port })
    this.players.set(address, player)
    this.port = player.port
    return player.devices[0] as LiveDevice
  }

  async remove(address: string): Promise<void> {
    await this.players.get(address)?.close()
    this.players.delete(address)
  }

  device(address: string): LiveDevice {
    const device = this.players.get(address)?.devices[0]
    if (!device) throw new Error(`nothing is at ${address}`)
    return device
  }

  /** Options with these targets, and what else is given. */
  optionsFor(targets: string[], more: Partial<WatchOptions> = {}): WatchOptions {
    return { ...this.options, ...more, port: this.port, targets: expandTargets({ targets: rangesOf(...targets) }) }
  }

  start(targets: string[], more: Partial<WatchOptions> = {}): Watch {
    this.options = this.optionsFor(targets, more)
    const { journal } = this
    const spy = {
      record: (occasion: Occasion, now: number) => {
        if (this.refusal) throw this.refusal
        journal.record(occasion, now)
        this.readings.push(...((occasion.readings ?? []) as Item[]))
        this.devices.push(...(occasion.devices ?? []).map(({ item }) => item as Item))
        this.events.push(...(occasion.events ?? []))
        this.wake()
      },
      retry: () => this.refusal === null && journal.retry(),
      listPrinters: () => journal.listPrinters(),
      remember: journal.remember,
      recall: journal.recall,
    }
    const lineOf = (level: string) => (facts: object, message: string) => {
      this.lines.push({ level, facts: facts as Record<string, unknown>, message })
      this.wake()
    }
    const log: WatchLog = { info: lineOf('info'), warn: lineOf('warn'), error: lineOf('error') }
    this.watch = createWatch({
      options: this.options,
      journal: spy,
      clock: this.clock,
      log,
      onDiscoveryDone: () => {
        this.discoveries++
        this.wake()
      },
      onError: (error) => void this.errors.push(error.message),
    })
    const stop = new AbortController()
    const done = this.watch.run(stop.signal)
    done.catch((error) => {
      this.errors.push(String(error))
      this.wake()
    })
    this.running = { done, stop }
    return this.watch
  }

  async stop(): Promise<void> {
    this.running?.stop.abort('test')
    await this.running?.done
    this.running = null
  }

  async close(): Promise<void> {
    try {
      await this.stop()
    } finally {
      await Promise.all([...this.players.values()].map((player) => player.close()))
      this.journal.close()
      rmSync(this.directory, { recursive: true, force: true })
    }
  }

  /** Waits until something recorded or logged makes it true. */
  async until(isTrue: () => boolean, what = 'what was waited for', milliseconds = 45_000): Promise<void> {
    const deadline = performance.now() + milliseconds
    while (!isTrue()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`${what} did not come: ${this.describe()}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.waiting.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** Waits until so many simulated seconds have gone by. */
  async pass(seconds: number): Promise<void> {
    await this.clock.sleep(seconds * 1000, new AbortController().signal)
  }

  actions(): string[] {
    return this.events.map(({ action }) => action)
  }

  eventsOf(action: string): AuditEvent[] {
    return this.events.filter((event) => event.action === action)
  }

  readingsAt(ip: string): Item[] {
    return this.readings.filter((reading) => reading.ip === ip)
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve()
    this.waiting.clear()
  }

  private describe(): string {
    return `${this.actions().join(' ')}; ${this.readings.length} readings; ${this.lines.map(({ message }) => message).join('; ')}; ${this.errors.join('; ')}`
  }
}
