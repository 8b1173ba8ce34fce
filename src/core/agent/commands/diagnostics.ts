import { arch, release } from 'node:os'
import { MAX_RESULT_CHARACTERS } from '../../protocol/commands.ts'
import type { AgentFacts } from '../agent-facts.ts'
import type { AgentOptions } from '../agent-options.ts'
import type { QuarantinedEntry } from '../journal/journal.ts'
import type { LogLine } from './log-memory.ts'

export const MOST_QUARANTINED = 20
/** What is left for lines and entries once the rest has its place. */
const RESERVE = 512

export interface DiagnosticSources {
  readonly facts: AgentFacts
  readonly options: AgentOptions
  /** Newest first. */
  readonly quarantined: readonly QuarantinedEntry[]
  /** Oldest first, without secrets. */
  readonly log: readonly LogLine[]
}

/** What helps to see what is wrong with an agent from afar, nothing secret among it, in no more than a result may have. */
export function composeDiagnostics({ facts, options, quarantined, log }: DiagnosticSources): Record<string, unknown> {
  const whole = {
    facts,
    versions: {
      printmaster: facts.agent_version,
      node: process.version,
      platform: process.platform,
      architecture: arch(),
      os: release(),
    },
    config: describeOptions(options),
  }
  let room = MAX_RESULT_CHARACTERS - JSON.stringify(whole).length - RESERVE
  const take = <T>(items: readonly T[]): T[] => {
    const taken: T[] = []
    for (const item of items) {
      const size = JSON.stringify(item).length + 1
      if (size > room) break
      room -= size
      taken.push(item)
    }
    return taken
  }
  // entries first, as they are few; of the log the newest lines
  const entries = take(quarantined.slice(0, MOST_QUARANTINED))
  const lines = take(log.toReversed()).reverse()
  return { ...whole, quarantined: entries, log: lines, log_lines_left_out: log.length - lines.length }
}

/** What config says; of secrets only whether they are there. */
function describeOptions({ journal, watch, uplink, health }: AgentOptions): Record<string, unknown> {
  const { targets, profiles, credentialsFor: _, reading, ...rest } = watch
  return {
    journal,
    watch: {
      ...rest,
      addresses: targets.size,
      profiles: profiles.length,
      reading: reading.map(({ ranges, ...rule }) => ({ ...rule, ranges: ranges?.map(({ text }) => text) ?? null })),
    },
    uplink: uplink && {
      ...uplink,
      url: URL.canParse(uplink.url) ? new URL(uplink.url).host : null,
      enrolment_token: uplink.enrolment_token !== null,
      tls: { ca: uplink.tls.ca !== null, client: uplink.tls.client !== null },
      proxy: uplink.proxy !== null,
    },
    health,
  }
}
