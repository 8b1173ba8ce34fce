import type { Clock } from '../../lifecycle/clock.ts'
import { PrintMasterError } from '../../model/error.ts'
import { SYS_UP_TIME } from '../../printer/glance.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import type { AgentFacts } from '../agent-facts.ts'
import type { WatchOptions } from '../agent-options.ts'
import type { Journal } from '../journal/journal.ts'
import { JournalError } from '../journal/journal-error.ts'
import type { KnownPrinter, OfflineReason } from '../known-printer.ts'
import { type AskContext, askPlaces } from './ask-places.ts'
import { createBell } from './bell.ts'
import { basisOf } from './compose-items.ts'
import { type DiscoveryOrder, discover } from './discover.ts'
import { beginRun, type DiscoveryFollower, type DiscoveryRun } from './discovery-run.ts'
import { Fleet, intervalOf, type Place, presentAt } from './fleet.ts'
import { createNetworkDoubt } from './network-doubt.ts'
import { isQuiet } from './quiet-hours.ts'
import { createRecorder } from './recorder.ts'
import { mostInSlot, nextDue } from './schedule.ts'
import { watchSightings } from './sightings.ts'
import type { WatchLog } from './watch-log.ts'

/** Who asked for a discovery. */
export type DiscoveryActor = 'schedule' | 'signal' | 'command'

export type WatchFacts = Pick<AgentFacts, 'printers' | 'discovery'>

export interface Watch {
  /**
   * Finds and reads printers until the signal aborts; what is at hand is in the journal when it resolves.
   * @throws what is a mistake of the program, never what printers, network or a full journal do
   */
  run(signal: AbortSignal): Promise<void>
  /** Begins a discovery now, in quiet hours too. False when one is running, or nothing may be asked for want of room. */
  discoverNow(actor: DiscoveryActor, order?: DiscoveryOrder): boolean
  /** Null when none is running. */
  readonly discovery: DiscoveryUnderway | null
  /**
   * Reads the printers of an address in full as soon as nothing else is asked there, in quiet hours too.
   * @param port null for any that they are watched at
   * @returns those that were heard; a word where it was not even tried
   */
  readNow(address: string, port: number | null): Promise<readonly HeardPrinter[] | ReadRefusal>
  /** Goes on with other options. A scan that is running finishes with the former ones. */
  reconfigure(options: WatchOptions): void
  facts(): WatchFacts
  /** False while the journal does not take what is read: no printer is asked then. */
  readonly isTaking: boolean
  /** True while the journal or the network keeps it from its work. */
  readonly isHindered: boolean
  listPrinters(): readonly KnownPrinter[]
}

/** A discovery that is running. */
export interface DiscoveryUnderway {
  /** Where it asks all targets of the config that counts now: it goes on in quiet hours as well. Null where it does not. */
  readonly join: ((follower: DiscoveryFollower) => void) | null
  readonly over: Promise<void>
}

export interface HeardPrinter {
  readonly printer: KnownPrinter
  /** False: it did not answer. */
  readonly isHeard: boolean
}

/** `unwatched`: no printer is watched there; `full`: the journal takes nothing; `stopped`: the watch does not run. */
export type ReadRefusal = 'unwatched' | 'full' | 'stopped'

export interface WatchServices {
  readonly options: WatchOptions
  readonly journal: Pick<Journal, 'record' | 'retry' | 'listPrinters' | 'remember' | 'recall'>
  readonly clock: Clock
  readonly log: WatchLog
  /** A discovery is over, and all that it found is in the journal. */
  onDiscoveryDone(): void
  /** What the journal or the network refuses, once each time. */
  onError(error: Error): void
}

/** Milliseconds from one look at what is due to the next. */
const SLOT_MS = 3000
/** Scans of known printers at one time; a slow printer holds up its own only. */
const MOST_SCANS = 16
const NO_NETWORK_RETRY_MS = 60_000

/** The agent's discovery and reading of printers. Nothing happens before `run`. */
export function createWatch({ options: first, journal, clock, log, onDiscoveryDone, onError }: WatchServices): Watch {
  let options = first
  // Anchored once in the time of day, so that addresses keep their places over a restart; from then on no jump of it counts.
  const anchor = clock.now() - clock.monotonic()
  const steady = () => clock.monotonic() + anchor
  const stopping = new AbortController()
  const fleet = new Fleet(options.reading)
  const doubt = createNetworkDoubt(log)
  const bell = createBell(clock)
  const running = new Set<Promise<void>>()
  let failure: { error: unknown } | null = null
  const fail = (error: unknown) => {
    failure ??= { error }
    bell.ring()
  }
  const recorder = createRecorder({ journal, clock, log, signal: stopping.signal, onError, onFailure: fail })
  const sightings = watchSightings({ fleet, recorder, clock, steady, doubt, log })

  let hasNetwork = true
  const onNetwork = (error: PrintMasterError | null) => {
    if (error === null && !hasNetwork) log.info({}, 'this machine has its network again')
    if (error !== null && hasNetwork) {
      log.warn({ code: error.code }, `printers cannot be asked: ${error.message}`)
      onError(error)
    }
    hasNetwork = error === null
  }
  const context = (): AskContext => ({
    options,
    fleet,
    sightings,
    doubt,
    signal: stopping.signal,
    now: () => new Date(clock.now()),
    steady,
    onNetwork,
  })

  const discovery = {
    run: null as DiscoveryRun | null,
    /** When the last whole one began, by the time of day, and by the steady clock. */
    last: null as number | null,
    began: Number.NEGATIVE_INFINITY,
    next: Number.POSITIVE_INFINITY,
    /** The one before could not even send. */
    isRepeat: false,
  }

  const begin = (job: () => Promise<void>) => {
    const promise = job().catch(fail)
    running.add(promise)
    promise.finally(() => running.delete(promise))
  }

  const tellScan = (event: Pick<AuditEvent, 'action' | 'actor' | 'outcome' | 'details'>) =>
    recorder.add({ events: [{ ...event, resource_type: 'agent', timestamp: new Date(clock.now()).toISOString() }] })

  const runDiscovery = async (actor: DiscoveryActor, order: DiscoveryOrder = {}) => {
    const isAll = order.part === undefined
    const run = beginRun(options, order)
    discovery.run = run
    const startedAt = clock.now()
    const began = steady()
    const interval = options.discovery.interval_seconds * 1000
    if (isAll) discovery.next = began + interval
    const targets = (order.part ?? options.targets).size
    if (!discovery.isRepeat || !isAll) {
      tellScan({
        action: 'scan_initiated',
        actor,
        outcome: 'success',
        details: { targets, ...(!isAll && { part: true }) },
      })
      recorder.flush()
    }
    const { quiet_hours } = options.discovery
    const mayGoOn = () =>
      recorder.isTaking &&
      !stopping.signal.aborted &&
      (actor !== 'schedule' || run.isJoined || !isQuiet(quiet_hours, clock.now()))
    try {
      const done = await discover(context(), mayGoOn, { ...order, onProgress: run.tellProgress })
      const { isWhole, printers, seconds, asked } = done
      if (isAll) discovery.isRepeat = false
      onNetwork(null)
      const outcome = isWhole ? 'success' : 'failure'
      tellScan({ action: 'scan_completed', actor, outcome, details: { printers, seconds, asked } })
      const found = `${printers} ${printers === 1 ? 'printer' : 'printers'} answered`
      if (!isAll) log.info({ printers, asked, seconds, isWhole }, `the search of a part is over: ${found}`)
      else if (isWhole) {
        log.info({ printers, asked, seconds }, `the search is over: ${found}`)
        discovery.last = startedAt
        discovery.began = began
        rememberDiscovery(startedAt)
      } else discovery.next = steady()
      recorder.flush()
      onDiscoveryDone()
      run.tellEnd(done)
    } catch (error) {
      if (!(error instanceof PrintMasterError) || error.isUsage) throw error
      onNetwork(error)
      if (isAll) {
        discovery.isRepeat = true
        discovery.next = steady() + Math.min(interval, NO_NETWORK_RETRY_MS)
      }
      run.tellEnd(error)
    } finally {
      discovery.run = null
      run.close()
    }
  }

  const rememberDiscovery = (startedAt: number) => {
    try {
      journal.remember('last_discovery', startedAt)
    } catch (error) {
      if (!(error instanceof JournalError)) throw error // the next start begins with a discovery, that is all
    }
  }

  const isPlaceQuiet = (place: Place): boolean =>
    presentAt(place).some(({ rule }) => isQuiet(rule.quiet_hours, clock.now()))

  let most = { count: 0, places: -1, until: 0 }
  /** Worked out now and then: what it comes from changes slowly. */
  const mostNow = (places: readonly Place[]): number => {
    if (most.places !== places.length || steady() >= most.until) {
      const count = mostInSlot(
        places.map((place) => intervalOf(place, steady())),
        SLOT_MS,
      )
      most = { count, places: places.length, until: steady() + 20 * SLOT_MS }
    }
    return most.count
  }

  const askDue = () => {
    const now = steady()
    const places = [...fleet.places].filter(({ isTarget }) => isTarget)
    const due = places
      .filter((place) => place.due <= now && !place.isBusy && place.searchedUntil <= now && !isPlaceQuiet(place))
      .sort((a, b) => a.due - b.due)
      .slice(0, mostNow(places))
    for (const [port, group] of Map.groupBy(due, (place) => place.port)) {
      if (running.size >= MOST_SCANS) return
      begin(() => askPlaces(group, port, context()))
    }
  }

  /** Places that somebody waits for. */
  const wanted = new Map<Place, PromiseWithResolvers<readonly HeardPrinter[] | ReadRefusal>>()

  const readWanted = () => {
    for (const [place, { resolve }] of wanted) {
      if (place.isBusy || place.searchedUntil > steady()) continue
      wanted.delete(place)
      const expected = [...place.watched]
      const began = steady()
      place.wantsAll = true
      begin(async () => {
        try {
          await askPlaces([place], place.port, context())
          recorder.flush()
        } finally {
          const printers = [...new Set([...expected, ...place.watched])]
          resolve(printers.map(({ known, heardAt }) => ({ printer: known, isHeard: heardAt >= began })))
        }
      })
    }
  }
  const giveUpWanted = (why: ReadRefusal) => {
    for (const { resolve } of wanted.values()) resolve(why)
    wanted.clear()
  }

  const look = () => {
    if (!recorder.isTaking) recorder.retry()
    if (!recorder.isTaking) return giveUpWanted('full')
    readWanted()
    const isDue = steady() >= discovery.next && !isQuiet(options.discovery.quiet_hours, clock.now())
    if (isDue && discovery.run === null) begin(() => runDiscovery('schedule'))
    askDue()
  }

  /** Which known printers are among the targets: no other one is asked. */
  const markTargets = () => {
    const rest = new Map<string, Place[]>()
    for (const place of fleet.places) {
      place.isTarget = false
      rest.set(place.address, [...(rest.get(place.address) ?? []), place])
    }
    for (const address of rest.size > 0 ? options.targets : []) {
      for (const place of rest.get(address) ?? []) place.isTarget = true
      rest.delete(address)
      if (rest.size === 0) break
    }
  }

  const nextDiscovery = () => Math.max(steady(), discovery.began + options.discovery.interval_seconds * 1000)

  let isLoaded = false
  const load = () => {
    isLoaded = true
    fleet.setRules(options.reading)
    const now = steady()
    for (const { printer, snapshot } of journal.listPrinters()) {
      const ticks = snapshot?.glance[SYS_UP_TIME]
      fleet.add(printer, {
        basis: snapshot && basisOf(snapshot.printer, snapshot.glance),
        // what the clock says now may be wrong, or was: then it is read anew
        fullAt: printer.last_full <= now ? printer.last_full : Number.NEGATIVE_INFINITY,
        heardAt: Number.NEGATIVE_INFINITY,
        missedSince: null,
        isLone: false,
        uptime: ticks === undefined ? null : Math.floor(Number(ticks) / 100),
        elsewhere: null,
      })
    }
    for (const place of fleet.places) place.due = nextDue(place.share, intervalOf(place, now), now)
    markTargets()
    discovery.last = journal.recall('last_discovery')
    if (discovery.last !== null && discovery.last <= now) discovery.began = discovery.last
    discovery.next = nextDiscovery()
  }

  return {
    async run(signal) {
      const stop = () => {
        stopping.abort(signal.reason)
        bell.ring()
      }
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
      load()
      while (!stopping.signal.aborted && failure === null) {
        look()
        await bell.wait(SLOT_MS)
      }
      stop()
      giveUpWanted('stopped')
      await Promise.all(running)
      recorder.flush()
      if (recorder.held > 0) log.error({ readings: recorder.held }, 'the journal is full: readings at hand are lost')
      signal.removeEventListener('abort', stop)
      if (failure !== null) throw (failure as { error: unknown }).error
    },

    discoverNow(actor, order) {
      if (!isLoaded || discovery.run !== null || !recorder.isTaking || stopping.signal.aborted) return false
      begin(() => runDiscovery(actor, order))
      return true
    },

    get discovery() {
      const { run } = discovery
      return run && { join: run.suits(options) ? run.join : null, over: run.over }
    },

    async readNow(address, port) {
      if (!isLoaded || stopping.signal.aborted) return 'stopped'
      const place = [...fleet.places].find(
        (each) => each.address === address && (port ?? each.port) === each.port && each.watched.size > 0,
      )
      if (place === undefined || !place.isTarget) return 'unwatched'
      const waiter = wanted.get(place) ?? Promise.withResolvers<readonly HeardPrinter[] | ReadRefusal>()
      wanted.set(place, waiter)
      bell.ring()
      return waiter.promise
    },

    reconfigure(next) {
      options = next
      if (!isLoaded) return
      most = { ...most, places: -1 }
      fleet.setRules(next.reading)
      markTargets()
      const now = steady()
      for (const place of fleet.places) {
        if (place.watched.size === 0) continue
        // what does not answer may do with other credentials
        const isAway = [...place.watched].some(({ known }) => known.state === 'offline')
        place.due = Math.min(place.due, isAway ? now : nextDue(place.share, intervalOf(place, now), now))
      }
      discovery.next = discovery.run !== null ? now + next.discovery.interval_seconds * 1000 : nextDiscovery()
      bell.ring()
    },

    facts() {
      const offline: Record<string, number> = {}
      let online = 0
      for (const { known } of fleet.printers) {
        if (known.state === 'online') online++
        else offline[known.offline_reason ?? 'silent'] = (offline[known.offline_reason ?? 'silent'] ?? 0) + 1
      }
      const total = online + Object.values(offline).reduce((sum, count) => sum + count, 0)
      const toText = (time: number | null) => (time === null ? null : new Date(time).toISOString())
      return {
        printers: { total, online, offline: offline as Record<OfflineReason, number> },
        discovery: {
          is_running: discovery.run !== null,
          last: toText(discovery.last),
          next: toText(clock.now() + Math.max(0, discovery.next - steady())),
        },
      }
    },

    get isTaking() {
      return recorder.isTaking
    },
    get isHindered() {
      return !recorder.isTaking || !hasNetwork
    },

    listPrinters: () => [...fleet.printers].map(({ known }) => known),
  }
}
