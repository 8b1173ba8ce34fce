import { randomUUID } from 'node:crypto'
import type { Clock } from '../../lifecycle/clock.ts'
import type { Printer } from '../../model/printer.ts'
import { type Glance, type GlanceTaken, isCutShort } from '../../printer/glance.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import type { KnownPrinter, OfflineReason } from '../known-printer.ts'
import { basisOf, composeEvent, composeFull, composeLight, composeOffline } from './compose-items.ts'
import { dueAfter, type Fleet, isDisplaced, type Place, presentAt, type Watched } from './fleet.ts'
import { isNameless, mayBeSame, type Shown } from './identify-known.ts'
import type { createNetworkDoubt } from './network-doubt.ts'
import type { Recorder } from './recorder.ts'
import { findReplacedSupplies } from './supply-changes.ts'
import type { WatchLog } from './watch-log.ts'

/** Misses in a row after which a printer is offline. */
const MOST_MISSES = 3
/** A printer that was heard so lately need not be asked whether it is still where it was. */
const LATELY_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/**
 * Printers that are away from one place, and known there still. A printer that shows another serial number each time it is
 * read would else be a new one each time.
 */
const MOST_AWAY = 16
const FORGOTTEN_AFTER_MS = 90 * 24 * 3_600_000

export interface SightingsOptions {
  readonly fleet: Fleet
  readonly recorder: Pick<Recorder, 'add'>
  readonly clock: Clock
  /** Milliseconds of the steady clock. */
  steady(): number
  readonly doubt: ReturnType<typeof createNetworkDoubt>
  readonly log: WatchLog
}

/** A full reading of one printer. */
export interface FullReading {
  readonly printer: Printer
  readonly glance: Glance
}

export interface Sightings {
  /**
   * A full reading has come.
   *
   * @param asDevice true when the printer is told as a device as well, as a discovery does
   * @param taken printers that other readings of the same address are of; the one found is added
   */
  hear(reading: FullReading, asDevice: boolean, taken: Set<Watched>): void
  /** A glance has shown the printers of a place to be unchanged; those are returned. */
  glimpse(place: Place, taken: GlanceTaken): Watched[]
  /** A printer did not answer, or another one answers in its place. */
  miss(watched: Watched, reason: OfflineReason): void
  /** Lets go of printers that have been away for 90 days. */
  forgetOld(): void
}

/** Turns what is seen into what is known: who came, moved, went, came back, and what was replaced. */
export function watchSightings({ fleet, recorder, clock, steady, doubt, log }: SightingsOptions): Sightings {
  const began = steady()
  const beganAt = clock.now()
  const tell = (action: string, known: KnownPrinter, details: object, message: string): AuditEvent => {
    log.info({ ip: known.address, serial: known.serial, model: known.model, ...details }, message)
    return composeEvent(action, known, clock.now(), details)
  }

  const appear = ({ printer, glance }: FullReading): Watched => {
    const at = readTime(printer.sampled_at, clock)
    const isWhole = !isCutShort(printer)
    const known: KnownPrinter = {
      ...shownBy(printer),
      id: randomUUID(),
      manufacturer: printer.manufacturer,
      model: printer.model,
      state: 'online',
      offline_reason: null,
      state_since: at,
      misses: 0,
      first_seen: at,
      last_seen: at,
      last_full: isWhole ? at : 0,
    }
    const watched = fleet.add(known, {
      basis: null,
      fullAt: Number.NEGATIVE_INFINITY,
      heardAt: steady(),
      missedSince: null,
      isLone: false,
      uptime: null,
      elsewhere: null,
    })
    fleet.placeOf(watched).isTarget = true
    const event = tell('device_appeared', known, {}, 'a printer appeared')
    keep(watched, { printer, glance }, { events: [event], asDevice: true })
    forgetCrowd(fleet.placeOf(watched))
    return watched
  }

  /** Of many that were at one place and are there no more, those that were seen last are enough. */
  const forgetCrowd = (place: Place): void => {
    const away = [...place.watched]
      .filter((watched) => watched.known.state === 'offline' || isDisplaced(watched, place))
      .sort((a, b) => b.known.last_seen - a.known.last_seen)
    for (const watched of away.slice(MOST_AWAY)) {
      forget(watched, 'many others were seen at the address of a printer since, and it is forgotten')
    }
  }

  /** A printer that is known has answered, at its address or, when it moves, at another one. */
  const refresh = (watched: Watched, { printer, glance }: FullReading, asDevice: boolean): void => {
    const { known: before, basis } = watched
    const known = mergeShown(before, printer, readTime(printer.sampled_at, clock))
    const events: AuditEvent[] = []
    const hasMoved = before.address !== known.address || before.port !== known.port
    if (hasMoved) {
      const from = formatPlace(before)
      const to = formatPlace(known)
      events.push(tell('device_moved', known, { from, to }, `a printer moved from ${from} to ${to}`))
    }
    const hasReturned = before.state === 'offline'
    if (hasReturned) {
      const details = { reason: before.offline_reason, offline_since: new Date(before.state_since).toISOString() }
      events.push(tell('device_returned', known, details, 'a printer answers again'))
    }
    if (basis !== null && !lacksSupplies(printer)) {
      for (const { supply, from, to } of findReplacedSupplies(basis.supplies, printer.supplies)) {
        const { kind, color, name, part_number } = supply
        const details = { supply: name, kind, color, ...(part_number !== undefined && { part_number }), from, to }
        events.push(tell('supply_replaced', known, details, 'a supply was replaced'))
      }
    }
    const isNew = before.serial !== known.serial || before.model !== known.model
    fleet.update(watched, known)
    if (hasMoved) {
      watched.elsewhere = null
      fleet.placeOf(watched).isTarget = true
    }
    absorbNameless(watched)
    keep(watched, { printer, glance }, { events, asDevice: asDevice || hasMoved || hasReturned || isNew })
  }

  const keep = (
    watched: Watched,
    { printer, glance }: FullReading,
    { events, asDevice }: { events: readonly AuditEvent[]; asDevice: boolean },
  ): void => {
    const { known, elsewhere } = watched
    const item = composeFull(printer)
    const isWhole = !isCutShort(printer)
    const place = fleet.placeOf(watched)
    if (place.due === Number.POSITIVE_INFINITY) place.due = dueAfter(place, steady())
    watched.heardAt = steady()
    watched.missedSince = null
    watched.isLone = false
    watched.uptime = printer.uptime_seconds
    if (elsewhere?.reading) watched.elsewhere = { ...elsewhere, reading: null } // it answers at both
    if (isWhole) {
      watched.fullAt = steady()
      watched.basis = basisOf(printer, glance)
    } else if (watched.basis !== null) watched.basis = { ...watched.basis, glance: {} }
    recorder.add({
      readings: [item],
      printers: [known],
      ...(isWhole && { snapshots: [{ id: known.id, printer: item as Printer, glance }] }),
      ...(asDevice && { devices: [{ printer_id: known.id, item }] }),
      events,
    })
  }

  /** One that was known by its address alone, and shows now that it is this one. */
  const absorbNameless = (watched: Watched): void => {
    for (const other of [...fleet.placeOf(watched).watched]) {
      const { known } = other
      const isOne = other !== watched && known.printer_index === watched.known.printer_index
      if (!isOne || !isNameless(known) || !mayBeSame(known, watched.known)) continue
      fleet.remove(other)
      recorder.add({ forgotten: [known.id] })
    }
  }

  /** Another address of a printer that answers, or answered a moment ago, where it is known. */
  const holdElsewhere = (watched: Watched, reading: FullReading): void => {
    const { ip: address, port } = reading.printer
    const isSure = steady() - watched.heardAt < LATELY_MS
    watched.elsewhere = { address, port, reading: isSure ? null : reading }
    if (!isSure) fleet.placeOf(watched).due = steady()
  }

  const goOffline = (watched: Watched, reason: OfflineReason): void => {
    const { known } = watched
    const now = clock.now()
    const offline: KnownPrinter = { ...known, state: 'offline', offline_reason: reason, state_since: now }
    const displaced = isDisplaced(watched, fleet.placeOf(watched))
    fleet.update(watched, offline)
    const details = { reason, last_seen: new Date(known.last_seen).toISOString() }
    recorder.add({
      readings: [composeOffline(offline, reason, { isDisplaced: displaced && !isNameless(known), now })],
      printers: [offline],
      events: [tell('device_vanished', offline, details, `a printer went offline: ${reason}`)],
    })
  }

  const forget = (watched: Watched, message: string): void => {
    fleet.remove(watched)
    const { known } = watched
    const details = { last_seen: new Date(known.last_seen).toISOString() }
    const event = tell('device_forgotten', known, details, message)
    recorder.add({ forgotten: [known.id], events: [event] })
  }

  const countOnline = (): number => {
    let count = 0
    for (const place of fleet.places) {
      if (place.isTarget && [...place.watched].some(({ known }) => known.state === 'online')) count++
    }
    return count
  }

  return {
    hear(reading, asDevice, taken) {
      const { printer } = reading
      const watched = fleet.find(shownBy(printer), taken)
      if (watched === null) taken.add(appear(reading))
      else {
        taken.add(watched)
        const { known } = watched
        const isHere = known.address === printer.ip && known.port === printer.port
        if (isHere || !isAnswering(watched, fleet)) refresh(watched, reading, asDevice)
        else holdElsewhere(watched, reading)
      }
    },

    glimpse(place, taken) {
      const unchanged = presentAt(place).filter(({ known, basis }) => known.state === 'online' && basis !== null)
      for (const watched of unchanged) {
        const { basis, elsewhere } = watched
        const known = { ...watched.known, misses: 0, last_seen: readTime(taken.sampled_at, clock) }
        fleet.update(watched, known)
        watched.heardAt = steady()
        watched.missedSince = null
        watched.isLone = false
        watched.uptime = taken.uptime_seconds
        if (elsewhere?.reading) watched.elsewhere = { ...elsewhere, reading: null }
        if (basis) recorder.add({ readings: [composeLight(known, basis, taken)], printers: [known] })
      }
      return unchanged
    },

    miss(watched, reason) {
      const { elsewhere } = watched
      watched.missedSince ??= steady()
      const known = { ...watched.known, misses: watched.known.misses + 1 }
      fleet.update(watched, known)
      if (elsewhere?.reading) return refresh(watched, elsewhere.reading, true)
      // asked there at once; `elsewhere` stays, as the reason of its absence
      if (elsewhere && known.misses <= MOST_MISSES) {
        const place = fleet.placeAt(elsewhere.address, elsewhere.port)
        place.due = Math.min(place.due, steady())
        place.wantsAll = true
      }
      if (known.state === 'offline') return
      const isSilence = reason === 'silent' || reason === 'unreachable'
      const isLone = !isSilence || doubt.isLone(watched.missedSince, countOnline(), steady())
      // Twice in a row: when a network comes back, some have still been asked in vain.
      const isSure = isLone && watched.isLone
      watched.isLone = isLone
      if (known.misses >= MOST_MISSES && isSure) goOffline(watched, reason)
      else recorder.add({ printers: [known] })
    },

    forgetOld() {
      const now = clock.now()
      const passed = steady() - began
      // a clock that was set says nothing of how long a printer was away
      if (passed < HOUR_MS || Math.abs(now - beganAt - passed) > DAY_MS) return
      const isOld = ({ known: { state, state_since, last_seen } }: Watched) => {
        const isAway = now - last_seen > FORGOTTEN_AFTER_MS
        return state === 'offline' ? isAway && now - state_since > FORGOTTEN_AFTER_MS : isAway
      }
      for (const watched of [...fleet.printers]) {
        const isAway = watched.known.state === 'offline' || !fleet.placeOf(watched).isTarget
        if (isAway && isOld(watched)) forget(watched, 'a printer was away for 90 days and is forgotten')
      }
    },
  }
}

/** What a reading shows of itself. One that was cut short may have its maker and model from where they are not believed. */
function shownBy(printer: Printer): Shown {
  const { ip: address, port, printer_index, manufacturer, model, serial, mac_address, device_id } = printer
  const rest = { address, port, printer_index, serial, mac_address, device_id }
  return isCutShort(printer) ? { ...rest, manufacturer: null, model: null } : { ...rest, manufacturer, model }
}

/** What is known of a printer after a reading of it. What it does not show any more stays known. */
function mergeShown(before: KnownPrinter, printer: Printer, at: number): KnownPrinter {
  const shown = shownBy(printer)
  const isWhole = !isCutShort(printer)
  const device_id = shown.serial === null && before.serial !== null ? before.device_id : shown.device_id
  return {
    ...before,
    address: shown.address,
    port: shown.port,
    printer_index: shown.printer_index,
    manufacturer: shown.manufacturer ?? before.manufacturer,
    model: shown.model ?? before.model,
    serial: shown.serial ?? before.serial,
    mac_address: shown.mac_address ?? before.mac_address,
    device_id: device_id ?? before.device_id,
    state: 'online',
    offline_reason: null,
    state_since: before.state === 'online' ? before.state_since : at,
    misses: 0,
    last_seen: at,
    last_full: isWhole ? at : before.last_full,
  }
}

function isAnswering(watched: Watched, fleet: Fleet): boolean {
  const place = fleet.placeOf(watched)
  return watched.known.state === 'online' && watched.known.misses === 0 && place.isTarget
}

/** Parts that supplies and their levels come from. */
const SUPPLY_PARTS = ['supplies', 'private', 'rest']

const lacksSupplies = ({ missing }: Printer) =>
  missing.some(({ part, reason }) => SUPPLY_PARTS.includes(part) && reason !== 'deny_listed')

const formatPlace = ({ address, port }: KnownPrinter) =>
  port === 161 ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** `sampled_at` comes from the clock of this machine. */
function readTime(text: string, clock: Clock): number {
  const time = Date.parse(text)
  return Number.isNaN(time) ? clock.now() : time
}
