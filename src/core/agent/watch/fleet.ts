import type { Printer } from '../../model/printer.ts'
import type { Glance } from '../../printer/glance.ts'
import { SYS_UP_TIME } from '../../printer/glance.ts'
import type { ReadingRule } from '../agent-options.ts'
import type { KnownPrinter } from '../known-printer.ts'
import type { Basis } from './compose-items.ts'
import { IDENTITY_KINDS, type IdentityKind, identifyKnown, identityKeys, type Shown } from './identify-known.ts'
import { ruleFor } from './reading-rules.ts'
import { hasComeSince, nextDue, shareOf } from './schedule.ts'

/** A printer that is watched. Times are milliseconds of the steady clock. */
export interface Watched {
  known: KnownPrinter
  /** Null before its first reading that was not cut short. */
  basis: Basis | null
  fullAt: number
  heardAt: number
  /** Since when it has missed; null while it answers. */
  missedSince: number | null
  /** At its last miss others answered: it is not this machine's network. */
  isLone: boolean
  /** As it was heard last: a lower one is a restart. */
  uptime: number | null
  /** Another address that it answers at, and what it said there while that had to be made sure of. */
  elsewhere: Elsewhere | null
  rule: ReadingRule
}

export interface Elsewhere {
  readonly address: string
  readonly port: number
  readonly reading: { readonly printer: Printer; readonly glance: Glance } | null
}

/** An address, with the printers behind it: they are asked together. */
export interface Place {
  readonly address: string
  readonly port: number
  readonly share: number
  readonly watched: Set<Watched>
  due: number
  isBusy: boolean
  /** Until then a discovery asks here. */
  searchedUntil: number
  /** Everything is to be read, and told as a discovery does. */
  wantsAll: boolean
  isTarget: boolean
}

/** A printer that misses is asked again after this, or its interval if that is shorter. */
const RETRY_MS = 60_000
/** One that is offline for longer than a while is asked no more often than this: an address where nobody is costs all its time-outs. */
const OFFLINE_INTERVAL_MS = 300_000
/** Until then it is asked at its interval, because most that are switched off, or on their way, are back soon. */
const SOON_BACK_MS = 900_000

/** The printers that are watched, by what they show and by where they are. */
export class Fleet {
  private readonly byId = new Map<string, Watched>()
  private readonly byKey = new Map<string, Set<Watched>>()
  private readonly byPlace = new Map<string, Place>()
  private rules: readonly ReadingRule[]

  constructor(rules: readonly ReadingRule[]) {
    this.rules = rules
  }

  get printers(): Iterable<Watched> {
    return this.byId.values()
  }

  get places(): Iterable<Place> {
    return this.byPlace.values()
  }

  has(watched: Watched): boolean {
    return this.byId.get(watched.known.id) === watched
  }

  add(known: KnownPrinter, rest: Omit<Watched, 'known' | 'rule'>): Watched {
    const watched: Watched = { ...rest, known, rule: ruleFor(this.rules, known) }
    this.byId.set(known.id, watched)
    this.enter(watched)
    return watched
  }

  /** What is known of a printer has changed, its address perhaps. */
  update(watched: Watched, known: KnownPrinter): void {
    const before = watched.known
    const isSame = IDENTITY_KINDS.every((kind) => identityKeys(before)[kind] === identityKeys(known)[kind])
    if (isSame && before.model === known.model) {
      watched.known = known
      return
    }
    this.leave(watched)
    watched.known = known
    watched.rule = ruleFor(this.rules, known)
    this.enter(watched)
  }

  remove(watched: Watched): void {
    this.leave(watched)
    this.byId.delete(watched.known.id)
  }

  setRules(rules: readonly ReadingRule[]): void {
    this.rules = rules
    for (const watched of this.byId.values()) watched.rule = ruleFor(rules, watched.known)
  }

  /**
   * The printer that a reading is of.
   * @param taken printers that other readings of the same address are of
   */
  find(shown: Shown, taken: ReadonlySet<Watched>): Watched | null {
    const keys = identityKeys(shown)
    const candidates = Object.fromEntries(
      IDENTITY_KINDS.map((kind) => {
        const sharing = [...(this.byKey.get(`${kind} ${keys[kind]}`) ?? [])].filter((each) => !taken.has(each))
        return [kind, sharing.sort((a, b) => compareNearness(shown, a, b)).map(({ known }) => known)]
      }),
    ) as Record<IdentityKind, KnownPrinter[]>
    const found = identifyKnown(shown, candidates)
    return found && (this.byId.get(found.id) ?? null)
  }

  placeOf({ known }: Watched): Place {
    return this.placeAt(known.address, known.port)
  }

  findPlace(address: string, port: number): Place | undefined {
    return this.byPlace.get(`${address} ${port}`)
  }

  /** The place, a new one where there was none. */
  placeAt(address: string, port: number): Place {
    const key = `${address} ${port}`
    let place = this.byPlace.get(key)
    if (!place) {
      place = {
        address,
        port,
        share: shareOf(key),
        watched: new Set(),
        due: Number.POSITIVE_INFINITY,
        isBusy: false,
        searchedUntil: Number.NEGATIVE_INFINITY,
        wantsAll: false,
        isTarget: true,
      }
      this.byPlace.set(key, place)
    }
    return place
  }

  /** Lets go of a place where no printer is. */
  dropIfEmpty(place: Place): void {
    if (place.watched.size === 0 && !place.isBusy) this.byPlace.delete(`${place.address} ${place.port}`)
  }

  private enter(watched: Watched): void {
    this.placeOf(watched).watched.add(watched)
    for (const key of keysOf(watched)) {
      const sharing = this.byKey.get(key) ?? new Set()
      this.byKey.set(key, sharing.add(watched))
    }
  }

  private leave(watched: Watched): void {
    const place = this.placeOf(watched)
    place.watched.delete(watched)
    this.dropIfEmpty(place)
    for (const key of keysOf(watched)) {
      const sharing = this.byKey.get(key)
      sharing?.delete(watched)
      if (sharing?.size === 0) this.byKey.delete(key)
    }
  }
}

function keysOf({ known }: Watched): string[] {
  const keys = identityKeys(known)
  return IDENTITY_KINDS.flatMap((kind) => (keys[kind] === null ? [] : [`${kind} ${keys[kind]}`]))
}

/** The one at the same place first, then the one that is online, then the one seen last. */
function compareNearness(
  { address, port, printer_index }: Shown,
  { known: a }: Watched,
  { known: b }: Watched,
): number {
  const nearness = (known: KnownPrinter) =>
    (known.address === address && known.port === port ? 2 : 0) + (known.printer_index === printer_index ? 1 : 0)
  const isOnline = (known: KnownPrinter) => Number(known.state === 'online')
  return nearness(b) - nearness(a) || isOnline(b) - isOnline(a) || b.last_seen - a.last_seen
}

/** True when another printer answers where this one was. */
export function isDisplaced(watched: Watched, place: Place): boolean {
  const { known } = watched
  for (const { known: other } of place.watched) {
    if (other.id === known.id || other.printer_index !== known.printer_index) continue
    if (other.state === 'online' && other.misses === 0 && (known.misses > 0 || known.state === 'offline')) return true
  }
  return false
}

/** The printers of a place that are there, as far as anyone knows. */
export function presentAt(place: Place): Watched[] {
  return [...place.watched].filter((watched) => !isDisplaced(watched, place))
}

/** Milliseconds between two readings of a place. @param now by the steady clock */
export function intervalOf(place: Place, now: number): number {
  const intervals = presentAt(place).map(({ known, rule }) => {
    const interval = rule.interval_seconds * 1000
    if (known.state === 'online') return interval
    // that is a time of day, which may lie ahead where a clock was set
    const isSoonBack = Math.abs(now - known.state_since) < SOON_BACK_MS
    return isSoonBack ? interval : Math.max(interval, OFFLINE_INTERVAL_MS)
  })
  return intervals.length === 0 ? OFFLINE_INTERVAL_MS : Math.min(...intervals)
}

/** When a place that was just asked is asked again. */
export function dueAfter(place: Place, now: number): number {
  const interval = intervalOf(place, now)
  const isMissing = [...place.watched].some(({ known }) => known.state === 'online' && known.misses > 0)
  return isMissing ? now + Math.min(RETRY_MS, interval) : nextDue(place.share, interval, now)
}

/** What shows whether anything has changed at a place; null when everything is to be read. */
export function glanceAt(place: Place, now: number): Glance | null {
  const present = presentAt(place)
  if (place.wantsAll || present.length === 0) return null
  for (const { known, basis, fullAt, rule } of present) {
    if (known.state === 'offline' || known.misses > 0 || basis === null) return null
    if (hasComeSince(place.share, rule.full_interval_seconds * 1000, fullAt, now)) return null
  }
  const glances = present.map(({ basis }) => basis?.glance ?? {})
  const [first = {}, ...others] = glances
  if (Object.keys(first).length === 0 || !others.every((other) => isSame(first, other))) return null
  const heard = Math.max(...present.map(({ uptime }) => uptime ?? 0)) * 100
  return SYS_UP_TIME in first ? { ...first, [SYS_UP_TIME]: `${Math.max(heard, 0)}` } : first
}

function isSame(one: Glance, other: Glance): boolean {
  const oids = Object.keys(one)
  return oids.length === Object.keys(other).length && oids.every((oid) => one[oid] === other[oid])
}
