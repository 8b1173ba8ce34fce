import type { Credential } from '../../model/credential.ts'
import { PrintMasterError } from '../../model/error.ts'
import type { FailureCode } from '../../model/scan-event.ts'
import { scan } from '../../scan/scan.ts'
import type { WatchOptions } from '../agent-options.ts'
import type { OfflineReason } from '../known-printer.ts'
import { dueAfter, type Fleet, glanceAt, type Place, presentAt, type Watched } from './fleet.ts'
import type { createNetworkDoubt } from './network-doubt.ts'
import { composeScanOptions } from './scan-options.ts'
import type { Sightings } from './sightings.ts'

/** Milliseconds after which is tried again what this machine could not send. */
const NO_NETWORK_RETRY_MS = 60_000

/** What the reading of known printers and discovery work with. */
export interface AskContext {
  readonly options: WatchOptions
  readonly fleet: Fleet
  readonly sightings: Sightings
  readonly doubt: ReturnType<typeof createNetworkDoubt>
  readonly signal: AbortSignal
  now(): Date
  /** Milliseconds of the steady clock. */
  steady(): number
  /** What the network or the system refused; null when it lets things through again. */
  onNetwork(error: PrintMasterError | null): void
}

/**
 * Reads the printers of some places, all on one port, in one scan: those where nothing has changed by a glance. Who does not
 * answer has missed. Places that could not be asked, for a stop or for want of a network, have not.
 */
export async function askPlaces(places: readonly Place[], port: number, context: AskContext): Promise<void> {
  const { fleet, sightings, doubt, steady, signal } = context
  const byAddress = new Map(places.map((place) => [place.address, place]))
  const visits = new Map(places.map((place) => [place.address, beginVisit(place)]))
  let isWhole = false
  try {
    const events = scan({
      ...composeScanOptions(context),
      addresses: byAddress.keys(),
      total: byAddress.size,
      port,
      credentialsFor: (address) => provenCredentials(context.options.credentialsFor(address), byAddress.get(address)),
      glanceFor: (address) => {
        const place = byAddress.get(address)
        return place ? glanceAt(place, steady()) : null
      },
    })
    for await (const event of events) {
      if (event.type === 'done') isWhole = !event.summary.interrupted
      const address = event.type === 'read' ? event.printer.ip : 'address' in event ? event.address : null
      const visit = address === null ? undefined : visits.get(address)
      if (!visit) continue
      doubt.heard(steady())
      visit.hasAnswered = true
      if (event.type === 'failed') visit.failure = event.code
      else if (event.type === 'unchanged') {
        for (const watched of sightings.glimpse(visit.place, event)) visit.heard.add(watched)
      } else if (event.type === 'read') {
        const { printer, glance = {} } = event
        sightings.hear({ printer, glance }, visit.place.wantsAll, visit.heard)
      }
    }
    if (isWhole) context.onNetwork(null)
  } catch (error) {
    if (!(error instanceof PrintMasterError) || error.isUsage) throw error
    context.onNetwork(error)
    for (const place of places) place.due = steady() + NO_NETWORK_RETRY_MS
  } finally {
    for (const visit of visits.values()) {
      if (isWhole && !signal.aborted) judge(visit, context)
      visit.place.isBusy = false
      fleet.dropIfEmpty(visit.place)
    }
  }
}

interface Visit {
  readonly place: Place
  /** Printers of the place when it was asked. */
  readonly expected: readonly Watched[]
  readonly heard: Set<Watched>
  hasAnswered: boolean
  failure: FailureCode | null
}

function beginVisit(place: Place): Visit {
  place.isBusy = true
  return { place, expected: [...place.watched], heard: new Set(), hasAnswered: false, failure: null }
}

function judge(
  { place, expected, heard, hasAnswered, failure }: Visit,
  { fleet, sightings, steady }: AskContext,
): void {
  place.wantsAll = false
  for (const watched of expected) {
    if (heard.has(watched) || !fleet.has(watched) || !place.watched.has(watched)) continue
    const isGone = hasAnswered && failure === null // what answers here is something else
    sightings.miss(watched, isGone ? (watched.elsewhere ? 'moved' : 'silent') : reasonOf(failure))
  }
  place.due = dueAfter(place, steady())
}

const REASONS: Readonly<Record<FailureCode, OfflineReason>> = {
  timeout: 'silent',
  deadline: 'silent',
  wrong_credentials: 'wrong_credentials',
  unreachable: 'unreachable',
  bad_answer: 'refused',
  deny_listed: 'refused',
}

const reasonOf = (failure: FailureCode | null): OfflineReason => (failure === null ? 'silent' : REASONS[failure])

const narrowed = new WeakMap<readonly Credential[], Map<string, readonly Credential[]>>()

/**
 * Those of the version that the printers of a place answered last time; all of them where one has missed since. The same
 * array for the same question.
 */
function provenCredentials(all: readonly Credential[], place: Place | undefined): readonly Credential[] {
  const present = place ? presentAt(place) : []
  const version = present[0]?.basis?.snmp_version
  const isProven = present.every(
    ({ known, basis }) => known.state === 'online' && known.misses === 0 && basis?.snmp_version === version,
  )
  if (version === undefined || !isProven) return all
  const known = narrowed.get(all) ?? new Map<string, readonly Credential[]>()
  narrowed.set(all, known)
  const proven = known.get(version) ?? all.filter((credential) => credential.version === version)
  known.set(version, proven)
  return proven.length > 0 ? proven : all
}
