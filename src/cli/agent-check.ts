import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { UplinkOptions } from '../core/agent/agent-options.ts'
import { JournalError } from '../core/agent/journal/journal-error.ts'
import type { JournalView } from '../core/agent/journal/journal-view.ts'
import { tryServer } from '../core/client/try-server.ts'
import type { Config } from '../core/config/config.ts'
import { formatDuration } from '../core/config/duration.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { Secret } from '../core/model/secret.ts'
import { countThings } from '../core/output/count-things.ts'
import { loadProfiles } from '../core/profiles/load-profiles.ts'
import { expandTargets, type TargetSet } from '../core/targets/expand-targets.ts'
import { listLocalNetworks } from '../core/targets/local-networks.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { resolveTargets } from '../core/targets/resolve-targets.ts'
import { coversAddress, type TargetRange } from '../core/targets/target-range.ts'
import { loadAgentConfig, readUplinkOptions } from './agent-config.ts'
import type { AgentFlags } from './agent-flags.ts'
import { checkFilePlace, findFolder } from './check-file-place.ts'
import { describeHalted } from './describe-halted.ts'
import { estimateDay, estimatePrinterDay, roomOf, sizeFor } from './journal-capacity.ts'
import { openJournalView } from './open-journal-view.ts'
import type { SetupReport } from './server-check.ts'

/** So many addresses are held against the ranges of config; more would take longer than anybody waits for a check. */
const MOST_COMPARED = 1_000_000

const MAKE_TOKEN = 'make one at the server with "printmaster token create --scope enrolment --uses 1"'

export interface AgentSetupReport extends SetupReport {
  /** What was looked at and is good, one sentence each. */
  readonly findings: readonly string[]
}

/** Takes sentences while the parts of a check look around. */
interface Findings {
  readonly problems: string[]
  readonly warnings: string[]
  readonly good: string[]
}

/** Everything that keeps an agent from its work, as far as that shows without asking a printer. Changes nothing anywhere. */
export async function checkAgentSetup(flags: AgentFlags): Promise<AgentSetupReport> {
  const findings: Findings = { problems: [], warnings: [], good: [] }
  await attempt(findings, async () => {
    const { config, journal: path } = await loadAgentConfig(flags)
    findings.warnings.push(...config.warnings)
    await attempt(findings, async () => void (await loadProfiles(config.profiles.directory)))
    const addresses = await checkTargets(config, findings)
    const journal = await openQuietly(path, findings)
    try {
      await checkServer(config, journal, findings)
      await checkJournal(config, path, { journal, addresses }, findings)
    } finally {
      journal?.close()
    }
  })
  return { problems: findings.problems, warnings: findings.warnings, findings: findings.good }
}

async function attempt<T>({ problems }: Findings, job: () => Promise<T>): Promise<T | null> {
  try {
    return await job()
  } catch (error) {
    if (!(error instanceof PrintMasterError || error instanceof JournalError)) throw error
    problems.push(...error.message.split('\n'))
    return null
  }
}

/** Gives how many addresses there are; null where that cannot be told. */
async function checkTargets(config: Config, findings: Findings): Promise<number | null> {
  const { scan, snmp, discovery, reading } = config
  const before = findings.problems.length
  const resolve = async (texts: readonly string[]) =>
    (await Promise.all(texts.map((text) => attempt(findings, () => resolveTargets([text]))))).flatMap(
      (ranges) => ranges ?? [],
    )
  const isNamed = scan.targets.length > 0
  const targets = isNamed ? await resolve(scan.targets) : await attempt(findings, async () => listLocalNetworks())
  const exclude = await resolve(scan.exclude)
  if (targets === null || findings.problems.length > before) return null
  const ranges = 'notices' in targets ? targets.targets : targets
  if ('notices' in targets)
    findings.warnings.push('[scan] targets: not set, so the local networks are searched', ...targets.notices)
  const addresses = await attempt(findings, async () =>
    expandTargets({ targets: ranges, exclude, maxHosts: scan.max_hosts }),
  )
  if (addresses === null) return null
  const bound = [
    ...snmp.sets.map(({ name, ranges }) => ({ name, ranges })),
    ...reading.map(({ name, ranges }) => ({ name, ranges })),
  ]
  for (const name of findUnused(bound, addresses)) {
    findings.warnings.push(`[${name}] ranges: none of the targets lies in them`)
  }
  const sets = snmp.sets.map(({ name }) => name).join(', ')
  const count = countThings(addresses.size, 'address', 'addresses')
  findings.good.push(
    `${count} to search every ${formatDuration(discovery.interval_seconds)}, with credentials of ${sets}`,
  )
  return addresses.size
}

/** Names of those whose ranges hold no address at all. */
function findUnused(
  bound: readonly { name: string; ranges: readonly TargetRange[] | null }[],
  addresses: TargetSet,
): string[] {
  let open = bound.flatMap(({ name, ranges }) => (ranges === null ? [] : [{ name, ranges }]))
  let compared = 0
  for (const address of addresses) {
    if (open.length === 0 || ++compared > MOST_COMPARED) return []
    open = open.filter(({ ranges }) => !ranges.some((range) => coversAddress(range, address)))
  }
  return open.map(({ name }) => name)
}

/** Null where there is none, or none that can be read, which is a problem then. */
async function openQuietly(path: string, findings: Findings): Promise<JournalView | null> {
  return attempt(findings, () => openJournalView(path))
}

async function checkServer(config: Config, journal: JournalView | null, findings: Findings): Promise<void> {
  const options = await attempt(findings, () => readUplinkOptions(config, (text) => findings.warnings.push(text)))
  if (options === null) {
    if (!config.server.enabled) findings.good.push('no server: the agent works alone')
    return
  }
  const token = findToken(options, journal)
  const { enrolment_token } = options
  if (token === null && enrolment_token === null) {
    findings.problems.push(`[server] enrolment_token: not set, and the agent is not registered yet; ${MAKE_TOKEN}`)
  }
  const way = { url: new URL(options.url), tls: options.tls, proxy: options.proxy }
  const enrolment = enrolment_token === null ? null : { name: 'enrolment_token', token: enrolment_token }
  const own = token === null ? null : { name: 'the token of this agent', token }
  let trouble = await tryServer(way, own ?? enrolment)
  // one that the server forgot is no trouble where the agent may register again
  const isForgotten = own !== null && enrolment !== null && trouble?.refusal === 'token_unknown'
  if (isForgotten) trouble = await tryServer(way, enrolment)
  const isNewcomer = own === null || isForgotten
  if (trouble === null) {
    const knows = isNewcomer ? 'the agent will register there' : 'it knows the token of this agent'
    findings.good.push(`${options.url} answers; ${knows}`)
  } else {
    const advice = isNewcomer && trouble.refusal !== null ? `; ${MAKE_TOKEN}` : ''
    findings.problems.push(`${trouble.problem}${advice}`)
  }
  const halted = journal === null ? null : describeHalted(journal)
  if (halted !== null) findings.warnings.push(`the uplink was halted: ${halted}`)
}

/** The agent's own token, where it is for the agent of this config. */
function findToken({ agent_id }: UplinkOptions, journal: JournalView | null): Secret | null {
  const token = journal?.recall('agent_token') ?? null
  const isSame = agent_id === null || agent_id === journal?.recall('agent_id')
  return token !== null && isSame ? new Secret(token) : null
}

async function checkJournal(
  { journal: { size_mb, days }, reading }: Config,
  path: string,
  { journal, addresses }: { journal: JournalView | null; addresses: number | null },
  findings: Findings,
): Promise<void> {
  const { problems, warnings, good } = findings
  // of one that is there and cannot be looked into, that was told
  if (journal !== null || !existsSync(path)) problems.push(...(await checkFilePlace('the journal', path)))
  const folder = await findFolder(path)
  const space = await statfs(folder).catch(() => null)
  const taken = journal?.count(Date.now()).bytes ?? 0
  const free = space === null ? Number.POSITIVE_INFINITY : space.bavail * space.bsize + taken
  if (free < size_mb * 1e6) {
    const there = `${Math.floor(free / 1e6).toLocaleString('en')} MB`
    problems.push(
      `[journal] size: ${size_mb} MB do not fit: the disk of ${quoteText(folder)} has room for ${there}; free some, or write a smaller size`,
    )
  }
  const room = roomOf(size_mb)
  const printers =
    journal?.listPrinters().map(({ printer }) => ({ address: printer.address, model: printer.model })) ?? []
  if (printers.length === 0) {
    const [rule] = reading.slice(-1)
    if (rule === undefined) return
    const holds = Math.floor(room / (estimatePrinterDay(rule) * days))
    const held = `${days} days of ${countThings(holds, 'printer')} read every ${formatDuration(rule.interval_seconds)}`
    // an address may be no printer, and every printer is at one
    const mayBeTooSmall = addresses !== null && addresses > holds
    if (mayBeTooSmall) warnings.push(`[journal] size: ${size_mb} MB hold ${held}; none is known yet`)
    else good.push(`the journal of ${size_mb} MB holds ${held}`)
    return
  }
  const day = estimateDay(printers, reading)
  const known = countThings(printers.length, 'printer')
  if (day * days <= room) {
    const needed = Math.ceil((day * days) / 1e6).toLocaleString('en')
    good.push(`${known} in ${days} days take some ${needed} of the ${size_mb} MB of the journal`)
    return
  }
  const held = Math.floor((room / day) * 10) / 10
  problems.push(
    `[journal] size: ${size_mb} MB hold some ${held} days of the ${known} that are known, not ${days}; write size = ${sizeFor(day * days)}, or longer intervals in [reading]`,
  )
}
