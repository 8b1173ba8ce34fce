import type { PrintMasterError } from '../../model/error.ts'
import { scan } from '../../scan/scan.ts'
import type { TargetSet } from '../../targets/expand-targets.ts'
import type { AskContext } from './ask-places.ts'
import { dueAfter, type Place, type Watched } from './fleet.ts'
import { isQuiet } from './quiet-hours.ts'
import { ruleFor } from './reading-rules.ts'
import { composeScanOptions } from './scan-options.ts'

export interface DiscoveryOutcome {
  readonly printers: number
  readonly seconds: number
  /** Addresses. */
  readonly asked: number
  /** False when it was stopped before its end. */
  readonly isWhole: boolean
}

/** What somebody wants of a discovery, and wants to know of it. */
export interface DiscoveryOrder {
  /** Addresses that all are targets; all targets where it is left out. */
  readonly part?: TargetSet
  /** @param share of the addresses that were asked, from 0 to 1 */
  onProgress?(share: number): void
  /** It is over; an error where not one datagram could be sent. */
  onEnd?(outcome: DiscoveryOutcome | PrintMasterError): void
}

/**
 * Asks all targets, or a part of them, and reads the printers among them in full. Addresses that are being read anyhow are left to that; those in
 * the quiet hours of their rule are left alone. Known printers that do not answer have not missed: they are asked again
 * right away.
 *
 * @param mayGoOn is asked all the time; false ends it, with what is being read
 * @throws PrintMasterError network_unreachable or permission_denied when not one datagram could be sent
 */
export async function discover(
  context: AskContext,
  mayGoOn: () => boolean,
  { part, onProgress }: DiscoveryOrder = {},
): Promise<DiscoveryOutcome> {
  const { options, fleet, sightings, doubt, steady, signal } = context
  const { port } = options
  const addresses = part ?? options.targets
  // a silent address is given up by then
  const window = options.timeout_ms * (options.retries + 2)
  const drawn = new Set<Place>()
  const heard = new Map<Place, Set<Watched>>()
  let printers = 0
  let asked = 0
  let isCut = false
  const goesOn = () => {
    isCut ||= !mayGoOn()
    return !isCut
  }
  const isLeftAlone = createQuietCheck(context)

  function* draw(): Generator<string> {
    for (const address of addresses) {
      if (!goesOn()) return
      const place = fleet.findPlace(address, port)
      if (isLeftAlone(address, place)) continue
      if (place) {
        place.wantsAll ||= place.isBusy
        if (place.isBusy) continue
        place.searchedUntil = steady() + window
        drawn.add(place)
      }
      yield address
    }
  }

  const began = steady()
  let seconds: number | null = null
  let current = { address: '', taken: new Set<Watched>() }
  try {
    const events = scan({
      ...composeScanOptions(context),
      addresses: draw(),
      total: addresses.size,
      port,
      credentialsFor: (address) => options.credentialsFor(address),
      glanceFor: () => null,
    })
    for await (const event of events) {
      if (!goesOn()) break
      if (event.type === 'progress') {
        asked = event.progress.asked
        onProgress?.(asked / Math.max(1, addresses.size))
      }
      if (event.type === 'done') ({ asked, seconds } = event.summary)
      const address = event.type === 'read' ? event.printer.ip : 'address' in event ? event.address : null
      if (address === null) continue
      doubt.heard(steady())
      const place = fleet.findPlace(address, port)
      if (event.type === 'found' && place) place.searchedUntil = steady() + options.deadline_seconds * 1000
      if (event.type === 'failed' && place) place.searchedUntil = Number.NEGATIVE_INFINITY
      if (event.type !== 'read') continue
      printers++
      // the printers behind one address come one right after the other
      if (current.address !== address) current = { address, taken: new Set() }
      const { printer, glance = {} } = event
      sightings.hear({ printer, glance }, true, current.taken)
      const after = fleet.findPlace(address, port)
      if (!after) continue
      heard.set(after, current.taken)
      after.searchedUntil = Number.NEGATIVE_INFINITY
      after.due = dueAfter(after, steady())
    }
  } finally {
    for (const place of drawn) place.searchedUntil = Number.NEGATIVE_INFINITY
  }
  if (!signal.aborted) {
    for (const place of new Set([...drawn, ...heard.keys()])) {
      const missing = [...place.watched].some(
        (watched) => watched.known.state === 'online' && !heard.get(place)?.has(watched),
      )
      if (missing) place.due = Math.min(place.due, steady())
    }
    sightings.forgetOld()
  }
  const isWhole = seconds !== null
  return { printers, asked, seconds: seconds ?? Math.round((steady() - began) / 1000), isWhole }
}

/** Says whether an address lies in the quiet hours of the rule that fits its printers, or would fit one. */
function createQuietCheck({ options, now }: AskContext): (address: string, place: Place | undefined) => boolean {
  const hasQuiet = options.reading.some(({ quiet_hours }) => quiet_hours.length > 0)
  if (!hasQuiet) return () => false
  return (address, place) => {
    const moment = now().getTime()
    const rules = place && place.watched.size > 0 ? [...place.watched].map(({ rule }) => rule) : []
    if (rules.length === 0) rules.push(ruleFor(options.reading, { address, model: null }))
    return rules.some(({ quiet_hours }) => isQuiet(quiet_hours, moment))
  }
}
