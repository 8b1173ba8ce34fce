import type { AgentStatusPage } from '../core/agent/agent-facts.ts'
import type { JournalView } from '../core/agent/journal/journal-view.ts'
import type { Config } from '../core/config/config.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { loadAgentConfig } from './agent-config.ts'
import { askHealthPage } from './ask-health-page.ts'
import { describeHalted } from './describe-halted.ts'
import { openJournalView } from './open-journal-view.ts'
import type { StatusFlags } from './status-flags.ts'

/** How the agent of this machine is: in its own words, or as its journal shows it. */
export type LocalStatus =
  | ({ readonly running: true } & AgentStatusPage)
  | ({
      /** Null where it cannot be told. */
      readonly running: false | null
      /** Why it is the journal that speaks. */
      readonly notice: string
    } & JournalStatus)

/** What a journal knows of its agent. */
export interface JournalStatus extends Pick<AgentStatusPage, 'printers' | 'known_printers'> {
  readonly agent_id: string | null
  readonly uplink: {
    /** As config says; null for none. */
    readonly url: string | null
    /** Why it was halted; null when it was not. */
    readonly halted: string | null
    readonly last_heartbeat: string | null
    readonly last_upload: string | null
  }
  readonly discovery: { readonly last: string | null }
  readonly journal: Omit<AgentStatusPage['journal'], 'state'>
}

/**
 * Asks the health page of the agent, else looks into its journal.
 * @param now milliseconds since 1970
 * @throws PrintMasterError where there is neither; JournalError
 */
export async function readLocalStatus(flags: StatusFlags, now: number): Promise<LocalStatus> {
  // no secret is needed for this, and who looks may not be allowed to read any
  const { config, journal: path } = await loadAgentConfig(flags, [])
  const page = await askHealthPage(config.agent)
  if (page.running) return page
  const journal = await openJournalView(path)
  if (journal === null) {
    const advice = "name the agent's with --journal FILE, [journal] path or --config"
    throw new PrintMasterError(
      'server_unreachable',
      `${page.reason}, and there is no journal ${quoteText(path)}; ${advice}`,
    )
  }
  try {
    const { running, reason } = page
    return { running, notice: `${reason}; this is its journal`, ...describeJournal(journal, config, now) }
  } finally {
    journal.close()
  }
}

function describeJournal(journal: JournalView, { server }: Config, now: number): JournalStatus {
  const counts = journal.count(now)
  const printers = journal.listPrinters().map(({ printer }) => printer)
  const gone = printers.filter(({ state }) => state === 'offline')
  const reasons = Object.groupBy(gone, ({ offline_reason }) => offline_reason ?? 'silent')
  const recall = (key: 'last_heartbeat' | 'last_upload' | 'last_discovery') => {
    const time = journal.recall(key)
    return time === null ? null : new Date(time).toISOString()
  }
  return {
    agent_id: journal.recall('agent_id'),
    uplink: {
      url: server.enabled ? server.url : null,
      halted: describeHalted(journal),
      last_heartbeat: recall('last_heartbeat'),
      last_upload: recall('last_upload'),
    },
    printers: {
      total: printers.length,
      online: printers.length - gone.length,
      offline: Object.fromEntries(Object.entries(reasons).map(([reason, of]) => [reason, of.length])),
    },
    discovery: { last: recall('last_discovery') },
    journal: {
      journal_id: journal.journal_id,
      path: journal.path,
      bytes: counts.bytes,
      limit_bytes: counts.limit_bytes,
      queue_length: counts.queue_length,
      queue_age_seconds: counts.oldest_at === null ? 0 : Math.max(0, Math.round((now - counts.oldest_at) / 1000)),
      quarantined: counts.quarantined,
      thinned: counts.thinned,
      dropped: counts.dropped,
      events_dropped: counts.events_dropped,
    },
    known_printers: printers.map(({ address, port, manufacturer, model, serial, state, offline_reason }) => ({
      address,
      port,
      manufacturer,
      model,
      serial,
      state,
      offline_reason,
    })),
  }
}
